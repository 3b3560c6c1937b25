/**
 * Whether a later probe proves that an earlier one's finding is gone. Only a test that would have shown it counts: the stage
 * that broke went well, a full-size packet arrived. A probe that did not get that far, met another host, or was kept from
 * sending large packets by what this machine remembers of the path proves nothing.
 */
import {
  type Finding,
  type FindingCode,
  type MailHostObservation,
  type ProbeObservation,
  SMTP_PORT,
  STAGES,
  type Stage,
} from "@mxray/contracts";
import { stageOf } from "../rules/rule.ts";

type JudgedFinding = Pick<Finding, "code" | "subject" | "evidence">;
type Proof = (observation: ProbeObservation, finding: JudgedFinding) => boolean;

/** Null for what no single probe proves gone. */
const PROOFS: Readonly<Record<FindingCode, Proof | null>> = {
  "pmtu-black-hole": ofHost((host, finding) => carries(host, numberIn(finding, "smallest"))),
  "pmtu-black-hole-inbound": ofHost(({ path }) => path.inbound.verdict === "clear"),
  // That some connections are well was known before.
  "path-differs": null,
  "window-scaling": ofHost(({ path }) => path.window?.scaling === true),
  "command-inspection": ofHost((host) => isOk(host, "noop-ladder") && host.path.commandInspection === null),
  "size-cliff": ofHost(
    (host, finding) => isOk(host, "data-ladder") && payloadOf(host) > (numberIn(finding, "cliffAt", "passed") ?? Number.POSITIVE_INFINITY),
  ),
  "local-mtu": ({ hosts }) =>
    hosts.some((host) => carries(host, null)) && !hosts.some(({ path }) => path.outbound.verdict === "black-hole"),
  "port-25-blocked": ({ hosts }) => hosts.some((host) => host.port === SMTP_PORT && isOk(host, "connect")),
  "smtp-fixup": ofHost(
    (host) => isOk(host, "ehlo") && isOk(host, "noop-ladder") && host.greeting.mask === "none" && host.ehlo.masked.length === 0,
  ),
  "dotcrlf-split": ofHost(({ endOfData }) => endOfData.split === "ok"),
  "starttls-masked": ofHost((host) => isOk(host, "starttls") && host.tls?.offered === true),
  "no-mail-host": hasMailHosts,
  "mx-unresolvable": hasMailHosts,
  "connect-refused": passes("connect"),
  "connect-timeout": passes("connect"),
  "ipv6-unreachable": passes("connect"),
  "greeting-refused": passes("greeting"),
  "greeting-timeout": passes("greeting"),
  "ehlo-failed": passes("ehlo"),
  "starttls-failed": passes("starttls"),
  "rejected-recipient": passes("envelope"),
  "dropped-in-data": passes("data-ladder"),
  tarpit: ofHost(passesBrokenStage),
  "protocol-error": ofHost(passesBrokenStage),
  // What logs showed, logs must show gone, except for what a probe measures in the same way.
  "log-size-correlated": ofHost(passesWholeMessages),
  "log-outbound-stalls": null,
  "log-inbound-stalls": null,
  "log-our-side": null,
  "log-tls-stalls": null,
  "log-greeting-stalls": null,
  "log-rcpt-stalls": null,
  "log-tls-policy": null,
  "log-pix-workarounds": null,
  "log-deferred-backlog": null,
  "log-backoff-settings": null,
  "log-client-errors": null,
  "log-resources": null,
  // What a machine's own gauges showed, they must show gone.
  "host-files": null,
  "host-processes": null,
  "host-sockets": null,
  "host-io": null,
  "host-memory": null,
  "queue-growing": null,
  "log-content-filter": null,
  "log-filter": null,
  "log-queue-io": null,
  // Information needs no fix.
  "pmtu-reduced": null,
  "lossy-path": null,
  "null-mx": null,
  "envelope-refused": null,
  "rate-limited": null,
  "host-setting-hides": null,
  inconclusive: null,
  healthy: null,
  "log-ipv6-delay": null,
  "log-message-size": null,
  // Only several targets together show it, and show it gone.
  "our-side": null,
};

export function provesGone(finding: JudgedFinding, observation: ProbeObservation): boolean {
  return PROOFS[finding.code]?.(observation, finding) ?? false;
}

/** The proof is the finding's mail host. */
function ofHost(proof: (host: MailHostObservation, finding: JudgedFinding) => boolean): Proof {
  return (observation, finding) => {
    const host = subjectAmong(observation, finding);
    return host !== null && proof(host, finding);
  };
}

function passes(stage: Stage): Proof {
  return ofHost((host) => isOk(host, stage));
}

function passesBrokenStage(host: MailHostObservation, finding: JudgedFinding): boolean {
  const stage = brokenStageOf(finding);
  return stage !== null && isOk(host, stage);
}

function hasMailHosts({ hosts, resolution }: ProbeObservation): boolean {
  return hosts.length > 0 && resolution.error === null;
}

/** The mail host that a finding is about, as this probe saw it. */
export function subjectAmong({ hosts }: ProbeObservation, { subject }: Pick<Finding, "subject">): MailHostObservation | null {
  return hosts.find(({ address, port }) => address === subject.address && port === subject.port) ?? null;
}

/** A packet as large as those that were lost arrived, or the path is as good as it can be. */
function carries(host: MailHostObservation, lost: number | null): boolean {
  const { verdict, mtu } = host.path.outbound;
  return carriesFullSize(host) || (verdict !== "black-hole" && lost !== null && mtu !== null && mtu >= lost);
}

/**
 * Packets as large as a connection to this host sends them arrive, or a router reported a smaller MTU and this machine followed it during this very probe.
 * A path MTU that the kernel knew beforehand does not count: a hole that was once reported stays hidden behind it.
 */
export function carriesFullSize({ path }: MailHostObservation): boolean {
  const { verdict, confidence, limitedBy } = path.outbound;
  switch (verdict) {
    case "clear":
    case "cliff":
      return limitedBy === "local-mtu" || limitedBy === "peer-mss";
    case "pmtud-works":
      return confidence === "proven";
    case "black-hole":
    case "lossy":
    case "inconclusive":
    case "not-tested":
      return false;
  }
}

/**
 * Large packets pass in both directions, and what stalled because of its size is no larger than what passes now. If only messages
 * of one packet were delivered, the limit was one of packets; otherwise as much content as stalled must arrive.
 */
function passesWholeMessages(host: MailHostObservation, { evidence }: Pick<Finding, "evidence">): boolean {
  if (!carriesFullSize(host) || host.path.inbound.verdict !== "clear") return false;
  const interval = evidence.map(({ data }) => data.threshold).find(Array.isArray);
  if (interval === undefined) return false;
  const [delivered, stalled] = interval.map(Number).sort((a, b) => a - b) as [number, number];
  return delivered <= (host.path.outbound.mtu ?? 0) || payloadOf(host) >= stalled;
}

function isOk(host: MailHostObservation, stage: Stage): boolean {
  return stageOf(host, stage)?.outcome === "ok";
}

/** Bytes of message data that were acknowledged in all. */
function payloadOf({ path }: MailHostObservation): number {
  return path.outbound.rungs
    .filter(({ unit, outcome }) => unit === "payload" && outcome === "acked")
    .reduce((sum, { size }) => sum + size, 0);
}

/** The first such number among the data of the finding's evidence. */
function numberIn({ evidence }: Pick<Finding, "evidence">, ...names: readonly string[]): number | null {
  for (const { data } of evidence) {
    for (const name of names) if (typeof data[name] === "number") return data[name];
  }
  return null;
}

/** The stage at which the dialogue broke, from the finding's evidence. */
function brokenStageOf({ evidence }: Pick<Finding, "evidence">): Stage | null {
  return STAGES.find((stage) => evidence.some(({ data }) => data.stage === stage)) ?? null;
}
