/**
 * One answer for a domain, from the findings about its mail hosts: does mail get through, by which hosts, with what delay,
 * and what is at risk. Senders try the hosts in the order of preference (RFC 5321, section 5.1), so a host that fails delays
 * mail while another takes it; a host that takes the envelope and loses the message holds large mail.
 *
 * Null where the target is no domain. What was not searched is named and never counted as clear.
 */
import {
  type DomainVerdict,
  type Finding,
  type FindingCode,
  hostLabel,
  hostLabelWithAddress,
  isAbout,
  type MailHostObservation,
  type ProbeObservation,
  printable,
} from "@mxray/contracts";
import { countText, listText } from "./number-text.ts";
import { isSearched, unsearchedHosts } from "./rules/unsearched-hosts.ts";

type Fate =
  | "takes"
  /** Short messages are taken, large ones hang. */
  | "holds-large"
  /** Asks senders to come again later. */
  | "puts-off"
  /** Says that it does not take mail from here. */
  | "rejects"
  /** Cannot be talked to. */
  | "fails"
  | "unknown";

const FATE_OF: Partial<Record<FindingCode, Fate>> = {
  "pmtu-black-hole": "holds-large",
  "pmtu-black-hole-inbound": "holds-large",
  "size-cliff": "holds-large",
  "window-scaling": "holds-large",
  "path-differs": "holds-large",
  "dotcrlf-split": "holds-large",
  "dropped-in-data": "holds-large",
  "rate-limited": "puts-off",
  "rejected-recipient": "rejects",
  "greeting-refused": "rejects",
  "connect-refused": "fails",
  "connect-timeout": "fails",
  "ipv6-unreachable": "fails",
  "greeting-timeout": "fails",
  "ehlo-failed": "fails",
  "protocol-error": "fails",
  inconclusive: "unknown",
};
/** A host has the worst of its fates. */
const WORST_FIRST: readonly Fate[] = ["fails", "rejects", "holds-large", "puts-off", "unknown", "takes"];
/** Faults of ours: nothing can be said about the domain while they last. */
const OURS: ReadonlySet<FindingCode> = new Set(["our-side", "port-25-blocked"]);
const MOST_NAMES = 6;

interface Judged {
  readonly host: MailHostObservation;
  readonly fate: Fate;
}

export function domainVerdictOf(observation: ProbeObservation, findings: readonly Finding[]): DomainVerdict | null {
  const { resolution, hosts } = observation;
  const name = printable(observation.target, 200);
  if (resolution.kind === "address") return null;
  if (hosts.length === 0) return withoutHosts(observation, name);
  const left = unsearchedHosts(observation);
  const untested = untestedNames(left, hosts);
  const judged = hosts.map((host) => ({ host, fate: fateOf(host, findings) }));
  const { delivers, sentence } = findings.some(({ code }) => OURS.has(code))
    ? {
        delivers: "unknown" as const,
        sentence: `Whether mail to ${name} is delivered cannot be said: the fault is on this machine's side.`,
      }
    : deliveryOf(judged, name);
  return {
    delivers,
    sentence: [sentence, searchedSentence(judged, untested, hosts.length - left.length)].filter(Boolean).join(" "),
    untested,
  };
}

function withoutHosts({ resolution, ended }: ProbeObservation, name: string): DomainVerdict {
  if (resolution.kind === "null-mx") return { delivers: "no", sentence: `${name} takes no mail: its MX record says so.`, untested: [] };
  const { failure, error } = resolution;
  if (ended !== null || failure === null || failure === "timeout" || failure === "server-failure" || failure === "refused") {
    return {
      delivers: "unknown",
      sentence: `Whether mail to ${name} is delivered cannot be said: ${error ?? "its mail hosts were not looked up."}`,
      untested: [],
    };
  }
  return { delivers: "no", sentence: `Mail to ${name} is not delivered: ${error ?? "it has no mail host."}`, untested: [] };
}

function fateOf(host: MailHostObservation, findings: readonly Finding[]): Fate {
  const own = findings.filter((finding) => isAbout(finding, host));
  const fates = own.flatMap(({ code, confidence }) => {
    const fate = FATE_OF[code];
    // A suspicion is no ground to say that mail is held.
    return fate === undefined ? [] : [confidence === "suspected" && fate === "holds-large" ? ("unknown" as const) : fate];
  });
  const worst = WORST_FIRST.find((fate) => fates.includes(fate));
  if (worst !== undefined) return worst;
  return host.stages.some(({ stage, outcome }) => stage === "ehlo" && outcome === "ok") ? "takes" : "unknown";
}

function deliveryOf(judged: readonly Judged[], name: string): Pick<DomainVerdict, "delivers" | "sentence"> {
  const of = (...fates: readonly Fate[]) => judged.filter(({ fate }) => fates.includes(fate));
  const takes = of("takes");
  const failing = of("fails", "rejects");
  const large = of("holds-large");
  const best = Math.min(...judged.map(({ host }) => host.preference ?? 0));
  const isBest = ({ host }: Judged) => (host.preference ?? 0) === best;
  if (large.some(isBest) || (large.length > 0 && takes.length === 0)) {
    return {
      delivers: "partly",
      sentence: `Short messages to ${name} are delivered; larger ones hang at ${namesOf(large)}.${alternative(takes)}`,
    };
  }
  if (takes.length > 0) {
    const first = takes.some(isBest);
    const late = failing.filter((one) => !first || isBest(one));
    if (late.length > 0) {
      return {
        delivers: "delayed",
        sentence: `Mail to ${name} is delivered by ${namesOf(takes)}, with a delay: ${namesOf(late)} ${late.length === 1 ? "does" : "do"} not take it, and senders wait for a time-out there first (30 s per address in Postfix).`,
      };
    }
    const risk = [...failing, ...large];
    return {
      delivers: "yes",
      sentence: `Mail to ${name} is delivered by ${namesOf(takes)}.${risk.length === 0 ? "" : ` At risk: ${namesOf(risk)} would not take all of it in ${takes.length === 1 ? "its" : "their"} place.`}`,
    };
  }
  if (of("puts-off").length > 0) {
    return { delivers: "delayed", sentence: `Mail to ${name} waits: ${namesOf(of("puts-off"))} asked this machine to come again later.` };
  }
  if (of("unknown").length > 0) {
    return {
      delivers: "unknown",
      sentence: `Whether mail to ${name} is delivered cannot be said: the probe got no result at ${namesOf(of("unknown"))}.`,
    };
  }
  return {
    delivers: "no",
    sentence: `Mail to ${name} is not delivered: ${namesOf(failing)} ${failing.length === 1 ? "does" : "do"} not take it.`,
  };
}

function alternative(takes: readonly Judged[]): string {
  return takes.length === 0 ? "" : ` ${namesOf(takes)} ${takes.length === 1 ? "takes" : "take"} them, if the sender goes on to try there.`;
}

/** Each host once; with its address where only some of its addresses are meant. */
function namesOf(judged: readonly Judged[]): string {
  const names = [...new Set(judged.map(({ host }) => (judged.length <= MOST_NAMES ? hostLabelWithAddress(host) : hostLabel(host))))];
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${rest} more` : listText(names);
}

function untestedNames(left: readonly MailHostObservation[], hosts: readonly MailHostObservation[]): string[] {
  return [
    ...new Set(
      left.map((host) =>
        host.name !== null && !hosts.some((other) => other.name === host.name && !left.includes(other))
          ? hostLabel(host)
          : hostLabelWithAddress(host),
      ),
    ),
  ];
}

function searchedSentence(judged: readonly Judged[], untested: readonly string[], searched: number): string {
  if (untested.length === 0) return "";
  const clear = judged.every(({ host, fate }) => !isSearched(host) || fate === "takes");
  const names =
    untested.slice(0, MOST_NAMES).join(", ") + (untested.length > MOST_NAMES ? ` and ${untested.length - MOST_NAMES} more` : "");
  return `${searched} of ${countText(judged.length, "address", "addresses")} searched${clear ? ", all clear" : ""}; not searched: ${names}; search all with --all.`;
}
