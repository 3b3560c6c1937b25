/**
 * What is said when no rule has found anything: `healthy` where the outbound path is clear and nothing is at warning or
 * above, and `inconclusive`, with what was not seen and why, where a verdict could not be reached.
 */
import {
  type Finding,
  hostLabel,
  hostLabelWithAddress,
  type MailHostObservation,
  OUTCOME_WORDS,
  type ProbeObservation,
  printable,
  type Stage,
  severityRank,
} from "@mxray/contracts";
import { EvidenceLog, findingOfHost, findingOfTarget } from "../finding-draft.ts";
import { countText, groupedText, listText } from "../number-text.ts";
import { hidesLargePackets, largestSent } from "./host-setting.ts";
import { middleboxEvidence } from "./middlebox-greeting.ts";
import { deadExchanges } from "./resolution.ts";
import { reasonOf, stageOf } from "./rule.ts";
import { unsearchedHosts } from "./unsearched-hosts.ts";

const ETHERNET_MTU = 1500;
const NAMED_HOSTS = 6;

/** @param found everything that the rules have found so far */
export function findConclusion(observation: ProbeObservation, found: readonly Finding[]): Finding[] {
  const open = observation.hosts.filter(
    ({ address, port }) => !found.some(({ subject }) => subject.address === address && subject.port === port),
  );
  const about = found.some(({ code }) => code === "port-25-blocked");
  const doubts = about ? [] : [...undecidedHosts(observation, open, found), ...endedEarly(observation)];
  const worst = Math.max(-1, ...[...found, ...doubts].map(({ severity }) => severityRank(severity)));
  const clear = observation.hosts.filter(isClear);
  const undecided = doubts.length > 0 || found.some(({ code }) => NOT_HEALTHY.has(code));
  if (worst >= severityRank("warning") || clear.length === 0 || undecided) return doubts;
  return [healthy(observation, clear)];
}

/** Information that stands in the place of `healthy`. */
const NOT_HEALTHY: ReadonlySet<string> = new Set(["pmtu-reduced", "lossy-path", "inconclusive"]);

function isClear({ path }: MailHostObservation): boolean {
  const { verdict, mtu } = path.outbound;
  return verdict === "clear" || (verdict === "pmtud-works" && (mtu ?? 0) >= ETHERNET_MTU);
}

function healthy(observation: ProbeObservation, hosts: readonly MailHostObservation[]): Finding {
  const evidence = new EvidenceLog(observation);
  for (const host of hosts) {
    const { outbound, inbound, localMtu, kernel } = host.path;
    evidence.add(`${hostLabelWithAddress(host)}: ${outbound.reason}`, {
      address: host.address,
      mtu: outbound.mtu,
      localMtu,
      limitedBy: outbound.limitedBy,
    });
    const payload = outbound.rungs
      .filter(({ unit, outcome }) => unit === "payload" && outcome === "acked")
      .reduce((sum, { size }) => sum + size, 0);
    if (payload > 0) evidence.add(`${groupedText(payload)} bytes of message data were acknowledged.`, { address: host.address, payload });
    evidence.addIf(notSentLarger(host), { address: host.address, peerMss: host.path.mss.peer });
    evidence.addIf(notMeasuredBack(host), { address: host.address, inbound: inbound.verdict });
    if (inbound.verdict === "clear") evidence.add(`From the host to us: ${inbound.reason}`, { address: host.address, mtu: inbound.mtu });
    const noops = stageOf(host, "noop-ladder");
    if (noops !== null && (noops.outcome === "stalled" || noops.outcome === "failed"))
      evidence.add(reasonOf(noops), { stage: "noop-ladder" });
    if (!kernel.available)
      evidence.add(`What this machine's kernel knows of the connection could not be read: ${kernel.reason ?? "no reason is known"}`);
    middleboxEvidence(evidence, host);
  }
  evidence.addIf(deadExchanges(observation));
  const [only] = hosts;
  const subject = hosts.length === 1 && only !== undefined ? { host: only.name, address: only.address, port: only.port } : {};
  const left = unsearchedHosts(observation);
  if (left.length > 0) {
    evidence.add(`Not searched: ${listText(left.map(hostLabelWithAddress))}. Search all with --all.`, {
      unsearched: left.map(({ address }) => address),
    });
  }
  return findingOfTarget(
    {
      code: "healthy",
      // The host may forget what limits its MSS, and larger packets may then be lost.
      confidence: hosts.some(isLimitedByMss) ? "likely" : "proven",
      title: healthyTitle(observation, hosts, left.length),
      summary: `${packetsClause(hosts)} arrive at ${hosts.length === 1 ? "the mail host" : countText(hosts.length, "mail host")}${unsearchedClause(left)}. ${stepsSentence(hosts)}${untestedSentence(hosts)}${hosts.some(isLimitedByMss) ? " Larger packets were not tested, because the host's MSS allows none." : ""}${wayBackSentence(hosts)} If mail hangs all the same, look at the logs of both ends.`,
      evidence: evidence.rows,
    },
    subject,
  );
}

/** Full size is what this machine's interface and Ethernet allow. */
function packetsClause(hosts: readonly MailHostObservation[]): string {
  const limited = hosts.filter((host) => hidesLargePackets(host) || isLimitedByMss(host));
  return limited.length === 0 ? "Full-size packets" : `Packets of up to ${Math.min(...limited.map(largestSent))} bytes`;
}

function isLimitedByMss({ path: { outbound, localMtu } }: MailHostObservation): boolean {
  return outbound.limitedBy === "peer-mss" && (outbound.mtu ?? 0) < Math.min(ETHERNET_MTU, localMtu ?? ETHERNET_MTU);
}

/** What the host's MSS kept from being sent. */
function notSentLarger(host: MailHostObservation): string | null {
  if (!isLimitedByMss(host)) return null;
  const { mss, outbound } = host.path;
  return `Not measured: packets of more than ${outbound.mtu} bytes, because the host announces an MSS of ${mss.peer} bytes. The host, a device that limits the MSS, or a path MTU that the host learned within the last ten minutes can be the reason; in the last case larger packets follow once the host forgets it.`;
}

/** The way from the host to us, where nothing large came from there. */
function notMeasuredBack({ tls, path: { inbound } }: MailHostObservation): string | null {
  switch (inbound.verdict) {
    case "clear":
    case "pmtud-works":
      return null;
    case "not-tested":
      return tls?.offered === false
        ? "Not measured: the way from there to us. Only a TLS certificate makes the host send full-size packets, and it offers no STARTTLS."
        : `Not measured: the way from there to us. ${inbound.reason}`;
    case "black-hole":
    case "cliff":
    case "lossy":
    case "inconclusive":
      return `Not settled: the way from there to us. ${inbound.reason}`;
  }
}

function wayBackSentence(hosts: readonly MailHostObservation[]): string {
  return hosts.some((host) => notMeasuredBack(host) !== null) ? " Whether large packets from there arrive here was not measured." : "";
}

function unsearchedClause(left: readonly MailHostObservation[]): string {
  if (left.length === 0) return "";
  const more = left.length - NAMED_HOSTS;
  const names = left.slice(0, NAMED_HOSTS).map(hostLabelWithAddress);
  const all = more > 0 ? `${names.join(", ")} and ${more} more` : listText(names);
  return `; ${countText(left.length, "further address", "further addresses")} ${left.length === 1 ? "was" : "were"} not searched (${all}; --all searches all)`;
}

function healthyTitle({ target, hosts: all }: ProbeObservation, hosts: readonly MailHostObservation[], left: number): string {
  const [only] = hosts;
  if (hosts.length === 1 && only !== undefined) return `No problems found on the way to ${hostLabel(only)}`;
  const name = printable(target, 200);
  return left === 0
    ? `No problems found on the way to ${name}`
    : `${hosts.length} of ${all.length} addresses of ${name} searched, all clear`;
}

const DIALOGUE: ReadonlySet<Stage> = new Set(["connect", "greeting", "ehlo", "noop-ladder", "envelope", "data-ladder", "starttls"]);

/** What worked besides, and what did not: never more than was tried. */
function stepsSentence(hosts: readonly MailHostObservation[]): string {
  const broken = hosts.flatMap((host) =>
    host.stages
      .filter(({ stage, outcome }) => DIALOGUE.has(stage) && (outcome === "refused" || outcome === "failed" || outcome === "stalled"))
      .map(({ stage, outcome }) => `${stage} ${OUTCOME_WORDS[outcome]}${hosts.length === 1 ? "" : ` at ${hostLabelWithAddress(host)}`}`),
  );
  return broken.length === 0
    ? "Every step of the dialogue that was tried worked."
    : `Not every step worked: ${listText(broken.slice(0, 6))}.`;
}

/** What a host that turned further connections away kept from being tested. */
function untestedSentence(hosts: readonly MailHostObservation[]): string {
  const kept = hosts.flatMap((host) =>
    host.stages
      .filter(({ stage, outcome, reply }) => DIALOGUE.has(stage) && outcome === "not-tested" && reply !== null)
      .map((stage) => `${stage.stage}${hosts.length === 1 ? "" : ` at ${hostLabelWithAddress(host)}`} (${reasonOf(stage)})`),
  );
  return kept.length === 0 ? "" : ` Not tested: ${listText(kept.slice(0, 6))}`;
}

function undecidedHosts(observation: ProbeObservation, open: readonly MailHostObservation[], found: readonly Finding[]): Finding[] {
  const verdicts = open.filter(({ path }) => path.outbound.verdict === "inconclusive").map((host) => undecidedPath(observation, host));
  const unable = open.filter((host) => isOurs(host)).map((host) => unableToTry(observation, host));
  if (verdicts.length + unable.length > 0) return [...verdicts, ...unable];
  // No path was tested on any address, and nothing else explains why.
  const untested = observation.hosts.length > 0 && observation.hosts.every(({ path }) => path.outbound.verdict === "not-tested");
  return untested && found.length === 0 && observation.ended === null ? [pathNotTested(observation)] : [];
}

function undecidedPath(observation: ProbeObservation, host: MailHostObservation): Finding {
  const evidence = new EvidenceLog(observation).add(host.path.outbound.reason);
  if (!host.path.kernel.available) evidence.addIf(host.path.kernel.reason);
  for (const stage of host.stages.filter(({ outcome }) => outcome === "failed" || outcome === "stalled"))
    evidence.add(reasonOf(stage), { stage: stage.stage });
  return findingOfHost(host, {
    code: "inconclusive",
    confidence: "suspected",
    title: `The path of large packets to ${hostLabel(host)} could not be tested`,
    summary: `${host.path.outbound.reason} The other stages are as shown.`,
    evidence: evidence.rows,
  });
}

/** Our own machine, or its rules, did not let us try. */
function isOurs(host: MailHostObservation): boolean {
  const connect = stageOf(host, "connect");
  return connect !== null && connect.outcome !== "ok" && (connect.cause === "policy" || connect.cause === "local");
}

function unableToTry(observation: ProbeObservation, host: MailHostObservation): Finding {
  const connect = stageOf(host, "connect");
  const reason = connect === null ? "It was not tried." : reasonOf(connect);
  return findingOfHost(host, {
    code: "inconclusive",
    confidence: "suspected",
    title: `${hostLabelWithAddress(host)} was not tried`,
    summary: `${reason} This says nothing about the mail host.`,
    evidence: new EvidenceLog(observation).add(reason, { cause: connect?.cause ?? null }).rows,
  });
}

function pathNotTested(observation: ProbeObservation): Finding {
  const reached = observation.hosts.filter((host) => stageOf(host, "ehlo")?.outcome === "ok");
  const evidence = new EvidenceLog(observation);
  for (const host of observation.hosts)
    evidence.add(`${hostLabelWithAddress(host)}: ${host.path.outbound.reason}`, { address: host.address });
  return findingOfTarget({
    code: "inconclusive",
    confidence: "suspected",
    title: `How large packets travel to ${printable(observation.target, 200)} was not tested`,
    summary:
      reached.length === 0
        ? "No host came as far as a dialogue that could carry them."
        : `${listText(reached.slice(0, 5).map(hostLabel))} ${reached.length === 1 ? "answers" : "answer"}; the stages that test the path were not run.`,
    evidence: evidence.rows,
  });
}

function endedEarly(observation: ProbeObservation): Finding[] {
  if (observation.ended === null) return [];
  const cut = observation.hosts.flatMap((host) =>
    host.stages
      .filter(({ cause }) => cause === "deadline" || cause === "cancelled")
      .map(({ stage }) => ({ stage, address: host.address, label: hostLabelWithAddress(host) })),
  );
  if (cut.length === 0 && observation.hosts.length > 0) return [];
  const evidence = new EvidenceLog(observation);
  for (const [label, stages] of Map.groupBy(cut, ({ label }) => label)) {
    evidence.add(`${label}: ${listText(stages.map(({ stage }) => stage))} not finished.`, { stages: stages.map(({ stage }) => stage) });
  }
  const why = observation.ended === "deadline" ? "its time was up" : "it was cancelled";
  return [
    findingOfTarget({
      code: "inconclusive",
      confidence: "suspected",
      title: `The probe of ${printable(observation.target, 200)} ended early: ${why}`,
      summary:
        cut.length === 0
          ? "It ended before a mail host was tried."
          : `${countText(cut.length, "stage")} could not be finished. ${observation.ended === "deadline" ? "Give it a longer deadline to see the rest." : "Run it again to see the rest."}`,
      evidence: evidence.rows,
    }),
  ];
}
