/**
 * Several targets probed at the same time that fail alike: the fault is on our side, said once (`our-side`) and marked on
 * the findings that it explains. It takes at least four destinations of different organisations and networks, four fifths of
 * those tried, and none where the same thing worked. Four names of one relay are one destination.
 */
import { type Finding, type FindingCode, type MailHostObservation, type ProbeReport, printable, type StageOutcome } from "@mxray/contracts";
import { domainVerdictOf } from "./domain-verdict.ts";
import { EvidenceLog, findingOfTarget } from "./finding-draft.ts";
import { compareFindings } from "./finding-order.ts";
import { countText } from "./number-text.ts";
import { stageOf } from "./rules/rule.ts";

const LEAST_DESTINATIONS = 4;
const LEAST_SHARE = 0.8;

/** One way to fail. */
interface Kind {
  /** What fails, with the article: "connections to port 25". */
  readonly what: string;
  readonly failed: (host: MailHostObservation, report: ProbeReport) => boolean;
  readonly worked: (host: MailHostObservation, report: ProbeReport) => boolean;
  readonly explains: readonly FindingCode[];
  readonly remediesOf: FindingCode;
  /** Largest packet that gets out, bytes. */
  readonly mtu?: number;
  /** Says nothing more where this one is found. */
  readonly partOf?: Kind;
}

/** The same reports; those that share a fault of ours have the finding, and a mark on what it explains. */
export function findOurSide(reports: readonly ProbeReport[]): ProbeReport[] {
  const found = kindsAmong(reports).flatMap((kind) => {
    const alike = alikeIn(reports, kind);
    return alike === null ? [] : [{ kind, alike }];
  });
  const faults = found.filter(({ kind }) => !found.some((other) => other.kind === kind.partOf));
  return reports.map((report) => {
    const own = faults.filter(({ alike }) => alike.includes(report));
    return own.length === 0 ? report : withOurSide(report, own);
  });
}

function kindsAmong(reports: readonly ProbeReport[]): Kind[] {
  const holes = reports.flatMap(({ hosts }) =>
    hosts.flatMap(({ path: { outbound } }) => (outbound.verdict === "black-hole" && outbound.mtu !== null ? [outbound.mtu] : [])),
  );
  const lists = reports.flatMap(({ findings }) => findings.flatMap(({ list }) => (list === undefined ? [] : [list])));
  return [CONNECTIONS, IPV6_CONNECTIONS, TLS, REWRITTEN, ...[...new Set(holes)].map(largePackets), ...[...new Set(lists)].map(listed)];
}

const CONNECTIONS: Kind = {
  what: "connections to the mail port",
  failed: (host) => {
    const connect = stageOf(host, "connect");
    return connect !== null && isBroken(connect.outcome) && (connect.cause === "timeout" || connect.cause === "unreachable");
  },
  worked: (host) => stageOf(host, "connect")?.outcome === "ok",
  explains: ["connect-timeout", "ipv6-unreachable", "port-25-blocked"],
  remediesOf: "port-25-blocked",
};

const IPV6_CONNECTIONS: Kind = {
  ...CONNECTIONS,
  what: "connections over IPv6",
  failed: (host, report) => host.family === 6 && CONNECTIONS.failed(host, report),
  worked: (host, report) => host.family === 6 && CONNECTIONS.worked(host, report),
  remediesOf: "our-side",
  partOf: CONNECTIONS,
};

const TLS: Kind = {
  what: "TLS handshakes",
  failed: (host) => host.tls?.offered === true && isBroken(stageOf(host, "starttls")?.outcome ?? "skipped"),
  worked: (host) => stageOf(host, "starttls")?.outcome === "ok",
  explains: ["starttls-failed", "pmtu-black-hole-inbound"],
  remediesOf: "our-side",
};

const REWRITTEN: Kind = {
  what: "SMTP sessions that nobody rewrites",
  failed: (host, report) => hasFinding(report, host, ["smtp-fixup", "starttls-masked"]),
  worked: (host, report) => stageOf(host, "ehlo")?.outcome === "ok" && !hasFinding(report, host, ["smtp-fixup", "starttls-masked"]),
  explains: ["smtp-fixup", "starttls-masked"],
  remediesOf: "smtp-fixup",
};

function largePackets(mtu: number): Kind {
  return {
    what: `packets of more than ${mtu} bytes`,
    failed: ({ path: { outbound } }) => outbound.verdict === "black-hole" && outbound.mtu === mtu && outbound.confidence !== "suspected",
    worked: ({ path: { outbound } }) => (outbound.verdict === "clear" || outbound.verdict === "pmtud-works") && (outbound.mtu ?? 0) > mtu,
    explains: ["pmtu-black-hole", "local-mtu"],
    remediesOf: "local-mtu",
    mtu,
  };
}

function listed(list: string): Kind {
  return {
    what: `messages from an address that ${printable(list, 120)} lists`,
    failed: (host, { findings }) => findings.some((finding) => finding.list === list && isAbout(finding, host)),
    worked: (host) => stageOf(host, "envelope")?.outcome === "ok",
    explains: ["rejected-recipient", "greeting-refused"],
    remediesOf: "rejected-recipient",
  };
}

/** The reports that fail so, where they are enough; null otherwise. */
function alikeIn(reports: readonly ProbeReport[], { failed, worked }: Kind): ProbeReport[] | null {
  const tried = reports.filter(({ hosts }) => hosts.some((host) => stageOf(host, "connect")?.outcome !== "skipped"));
  if (tried.some((report) => report.hosts.some((host) => worked(host, report)))) return null;
  const alike = tried.filter((report) => report.hosts.some((host) => failed(host, report)));
  const destinations = Math.min(new Set(alike.map(organisationOf)).size, new Set(alike.map(networkOf)).size);
  return destinations >= LEAST_DESTINATIONS && alike.length >= LEAST_SHARE * tried.length ? alike : null;
}

interface Fault {
  readonly kind: Kind;
  readonly alike: readonly ProbeReport[];
}

function withOurSide(report: ProbeReport, faults: readonly Fault[]): ProbeReport {
  const explained = new Set(faults.flatMap(({ kind }) => kind.explains));
  const marked = report.findings.map(
    (finding): Finding => (explained.has(finding.code) ? { ...finding, explainedBy: "our-side" } : finding),
  );
  const absorbed = new Set(marked.filter(({ explainedBy }) => explainedBy !== undefined).map(({ code }) => code));
  const own = faults.map((fault) =>
    ourSide(
      report,
      fault,
      [...absorbed].filter((code) => fault.kind.explains.includes(code)),
    ),
  );
  const findings = [...own, ...marked].sort(compareFindings);
  return { ...report, findings, domain: domainVerdictOf(report, findings) };
}

function ourSide(report: ProbeReport, { kind, alike }: Fault, absorbs: FindingCode[]): Finding {
  const evidence = new EvidenceLog(report);
  for (const { target, hosts } of alike) {
    const [host] = hosts;
    evidence.add(`${printable(target, 120)} fails in the same way${host === undefined ? "" : ` (${host.address})`}.`, { target });
  }
  const finding = findingOfTarget({
    code: "our-side",
    confidence: "likely",
    title: `The fault is on this machine's side: ${kind.what} fail everywhere`,
    summary: `${countText(alike.length, "destination")} of different organisations and networks fail alike at the same time, and none works: ${kind.what}. No single mail host is to blame. Look at this machine, its firewall and its provider first.`,
    evidence: evidence.rows,
    remediesOf: kind.remediesOf,
    ...(kind.mtu === undefined ? {} : { facts: { mtu: kind.mtu, family: alike[0]?.hosts[0]?.family ?? 4 } }),
  });
  return { ...finding, absorbs };
}

function hasFinding({ findings }: ProbeReport, host: MailHostObservation, codes: readonly FindingCode[]): boolean {
  return findings.some((finding) => codes.includes(finding.code) && isAbout(finding, host));
}

function isAbout({ subject }: Finding, { address, port }: MailHostObservation): boolean {
  return subject.address === address && subject.port === port;
}

function isBroken(outcome: StageOutcome): boolean {
  return outcome === "failed" || outcome === "stalled" || outcome === "refused";
}

/** Under these a name is registered one label further down. */
const SECOND_LEVELS: ReadonlySet<string> = new Set(["ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"]);

/** Who runs the mail host: the registered part of its name. Too coarse is safe here, too fine is not. */
function organisationOf({ target, hosts: [host] }: ProbeReport): string {
  const labels = (host?.name ?? host?.address ?? target).toLowerCase().split(".");
  if (host?.name === null) return host.address;
  const [second = "", top = ""] = labels.slice(-2);
  return labels.slice(top.length === 2 && SECOND_LEVELS.has(second) ? -3 : -2).join(".");
}

/** The first 24 bits of an IPv4 address, 48 of an IPv6 address. */
function networkOf({ target, hosts: [host] }: ProbeReport): string {
  if (host === undefined) return target;
  return host.family === 4 ? host.address.split(".").slice(0, 3).join(".") : host.address.split(":").slice(0, 3).join(":");
}
