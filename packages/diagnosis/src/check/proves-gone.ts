/**
 * Whether a later probe proves that an earlier one's finding is gone. Only a test that would have shown it counts: the stage
 * that broke went well, a full-size packet arrived. A probe that did not get that far, met another host, or was kept from
 * sending large packets by what this machine remembers of the path proves nothing.
 */
import { type Finding, type MailHostObservation, type ProbeObservation, SMTP_PORT, STAGES, type Stage } from "@mxray/contracts";
import { stageOf } from "../rules/rule.ts";

export function provesGone(finding: Pick<Finding, "code" | "subject" | "evidence">, observation: ProbeObservation): boolean {
  const host = subjectAmong(observation, finding);
  const ok = (stage: Stage) => host !== null && isOk(host, stage);
  switch (finding.code) {
    case "pmtu-black-hole":
      return host !== null && carries(host, numberIn(finding, "smallest"));
    case "pmtu-black-hole-inbound":
      return host?.path.inbound.verdict === "clear";
    case "path-differs":
      // That some connections are well was known before.
      return false;
    case "window-scaling":
      return host !== null && host.path.window?.scaling === true;
    case "command-inspection":
      return ok("noop-ladder") && host?.path.commandInspection === null;
    case "size-cliff":
      return ok("data-ladder") && payloadOf(host) > (numberIn(finding, "cliffAt", "passed") ?? Number.POSITIVE_INFINITY);
    case "local-mtu":
      return (
        observation.hosts.some((one) => carries(one, null)) && !observation.hosts.some(({ path }) => path.outbound.verdict === "black-hole")
      );
    case "port-25-blocked":
      return observation.hosts.some((one) => one.port === SMTP_PORT && isOk(one, "connect"));
    case "smtp-fixup":
      return ok("ehlo") && ok("noop-ladder") && host?.greeting.mask === "none" && host.ehlo.masked.length === 0;
    case "dotcrlf-split":
      return host?.endOfData.split === "ok";
    case "starttls-masked":
      return ok("starttls") && host?.tls?.offered === true;
    case "no-mail-host":
    case "mx-unresolvable":
      return observation.hosts.length > 0 && observation.resolution.error === null;
    case "connect-refused":
    case "connect-timeout":
    case "ipv6-unreachable":
      return ok("connect");
    case "greeting-refused":
    case "greeting-timeout":
      return ok("greeting");
    case "ehlo-failed":
      return ok("ehlo");
    case "starttls-failed":
      return ok("starttls");
    case "rejected-recipient":
      return ok("envelope");
    case "dropped-in-data":
      return ok("data-ladder");
    case "tarpit":
    case "protocol-error": {
      const stage = brokenStageOf(finding);
      return stage !== null && ok(stage);
    }
    // What logs showed, logs must show gone; but for what a probe measures as they do.
    case "log-size-correlated":
      return host !== null && passesWholeMessages(host, finding);
    case "log-outbound-stalls":
    case "log-inbound-stalls":
    case "log-our-side":
    case "log-tls-stalls":
    case "log-greeting-stalls":
    case "log-rcpt-stalls":
    case "log-tls-policy":
    case "log-pix-workarounds":
    case "log-deferred-backlog":
    case "log-backoff-settings":
    case "log-client-errors":
    case "log-resources":
    case "log-content-filter":
    case "log-filter":
    case "log-queue-io":
      return false;
    // Information is nothing to be mended.
    case "pmtu-reduced":
    case "lossy-path":
    case "null-mx":
    case "envelope-refused":
    case "rate-limited":
    case "host-setting-hides":
    case "inconclusive":
    case "healthy":
    case "log-ipv6-delay":
    case "log-message-size":
    // Only several targets together show it, and show it gone.
    case "our-side":
      return false;
  }
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
 * Packets as large as a connection to this host sends them arrive, or a router was heard and heeded during this very probe.
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
 * Large packets pass in both directions, and what was stalled by its size is no larger than what passes now: whoever was delivered
 * nothing but messages of one packet met a limit of packets; where longer ones were, as much content as stalled must arrive.
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
function payloadOf(host: MailHostObservation | null): number {
  const rungs = host?.path.outbound.rungs ?? [];
  return rungs.filter(({ unit, outcome }) => unit === "payload" && outcome === "acked").reduce((sum, { size }) => sum + size, 0);
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
