/** Everything that the search can lead to, in groups, as links. */
import { type Playbook, parseTarget, type SearchResult } from "@mxray/contracts";
import { type LinkOptions, linkOptions } from "@tanstack/react-router";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { peerWords } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { probeWords } from "../../format/probe-words.ts";
import { AUDIENCE_NAMES, platformName, STATE_WORDS, subjectWords } from "../../format/words.ts";
import { holdsWords, remedyMatches } from "../playbook/remedy-match.ts";
import { SETTINGS_SECTIONS } from "../settings/settings-sections.ts";

export interface SearchHit {
  readonly title: string;
  readonly detail: string;
  readonly link?: LinkOptions;
  /** Instead, a page outside the dashboard. */
  readonly page?: string;
}

export interface SearchGroup {
  readonly name: string;
  readonly hits: readonly SearchHit[];
}

/** Of each group; the server's limit, too. */
export const MOST = 5;

const PAGES: readonly SearchHit[] = [
  { title: "Overview", detail: "What is broken now", link: linkOptions({ to: "/" }) },
  { title: "Diagnose", detail: "Probe a host, read a log line, past probes", link: linkOptions({ to: "/diagnose" }) },
  { title: "Findings", detail: "Every finding, with its history", link: linkOptions({ to: "/findings" }) },
  { title: "Logs", detail: "What followed logs show; analyse a file", link: linkOptions({ to: "/logs" }) },
  { title: "Live deliveries", detail: "SMTP connections of this machine, stalled ones first", link: linkOptions({ to: "/live" }) },
  { title: "Mail queue", detail: "Waiting messages of this machine by destination, reason and age", link: linkOptions({ to: "/queue" }) },
  { title: "Health of this machine", detail: "Pressure, files, processes, sockets, queue", link: linkOptions({ to: "/host" }) },
  { title: "Playbook", detail: "Every remedy", link: linkOptions({ to: "/playbook" }) },
  { title: "Peers", detail: "Mail hosts, with their mail, stalls and probes", link: linkOptions({ to: "/peers" }) },
  { title: "Stress tests", detail: "Load on a mail host of the targets file", link: linkOptions({ to: "/stress" }) },
  { title: "Wall screen", detail: "For a screen on the wall: what is broken, in large letters", page: "/wall" },
  { title: "API", detail: "Documentation of the HTTP API", page: "/api/docs" },
];

/** What may be of use for `text`; without any, the pages. What is not known yet is left out. */
export function searchHits(text: string, found: SearchResult | undefined, playbook: Playbook | undefined): readonly SearchGroup[] {
  const groups = [
    { name: "Diagnose", hits: diagnosisOf(text) },
    { name: "Findings", hits: found?.findings.map(findingHit) ?? [] },
    { name: "Peers", hits: found?.peers.map(peerHit) ?? [] },
    { name: "Messages", hits: found?.messages.map(messageHit) ?? [] },
    { name: "Probes", hits: found?.probes.map(probeHit) ?? [] },
    { name: "Pages", hits: PAGES.filter(({ title, detail }) => holdsWords(`${title} ${detail}`, text)) },
    { name: "Settings", hits: text === "" ? [] : settingsHits(text) },
    { name: "Remedies", hits: text === "" ? [] : remedyHits(text, playbook) },
  ];
  return groups.filter(({ hits }) => hits.length > 0);
}

/** What looks like something to probe: a name with a dot, an address, a port, a mail address. */
function diagnosisOf(text: string): SearchHit[] {
  if (!/[.:@]/.test(text) || !parseTarget(text, { mailAddress: true }).ok) return [];
  return [
    {
      title: `Diagnose ${text}`,
      detail: "Opens the page with this filled in",
      link: linkOptions({ to: "/diagnose", search: { target: text } }),
    },
  ];
}

function findingHit({ id, title, code, subject, state }: SearchResult["findings"][number]): SearchHit {
  return {
    title,
    detail: [STATE_WORDS[state], FINDING_NAMES[code], subjectWords(subject)].join(" · "),
    link: linkOptions({ to: "/findings/$id", params: { id } }),
  };
}

function peerHit(peer: SearchResult["peers"][number]): SearchHit {
  const host = peer.address ?? peer.name ?? "";
  return { title: peerWords(peer), detail: "Mail and stalls", link: linkOptions({ to: "/peers/$peer", params: { peer: host } }) };
}

function messageHit({ queueId, lines }: SearchResult["messages"][number]): SearchHit {
  return {
    title: queueId,
    detail: lines === 1 ? "1 line of this message" : `${formatCount(lines)} lines of this message`,
    link: linkOptions({ to: "/logs", search: { message: queueId } }),
  };
}

function probeHit(probe: SearchResult["probes"][number]): SearchHit {
  return { title: probe.target, detail: probeWords(probe), link: linkOptions({ to: "/diagnose/$id", params: { id: probe.id } }) };
}

function settingsHits(text: string): SearchHit[] {
  return SETTINGS_SECTIONS.filter(([, title]) => holdsWords(`Settings ${title}`, text)).map(([section, title]) => ({
    title,
    detail: "Settings",
    link: linkOptions({ to: "/settings/$section", params: { section } }),
  }));
}

/** Those whose title has the words come first; sender and receiver often have the same remedy. */
function remedyHits(text: string, playbook: Playbook | undefined): SearchHit[] {
  const matching = (playbook?.remedies ?? []).filter((remedy) => remedyMatches(remedy, text));
  const byTitle = matching.toSorted((a, b) => Number(holdsWords(b.title, text)) - Number(holdsWords(a.title, text)));
  const once = Map.groupBy(byTitle, ({ title, platform }) => `${platform} ${title}`);
  const hits = [...once.values()].slice(0, MOST).flatMap((same): SearchHit[] => {
    const [first] = same;
    if (first === undefined) return [];
    const { id, title, platform } = first;
    const audiences = [...new Set(same.map(({ audience }) => AUDIENCE_NAMES[audience]))].join(", ");
    return [{ title, detail: `${platformName(platform)} · ${audiences}`, link: linkOptions({ to: "/playbook", hash: id }) }];
  });
  if (once.size <= MOST) return hits;
  const all = {
    title: `All ${once.size} remedies for “${text}”`,
    detail: "Playbook",
    link: linkOptions({ to: "/playbook", search: { text } }),
  };
  return [...hits, all];
}
