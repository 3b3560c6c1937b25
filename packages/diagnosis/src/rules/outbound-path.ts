/**
 * The way to the mail host: `pmtu-black-hole`, `pmtu-reduced`, `size-cliff`. The verdict itself is measured
 * and computed by the probe; here it gets its sentence, its evidence and its remedies.
 *
 * Where packets become too big is known from the hop search; who drops the ICMP message is not, and is never claimed.
 */
import { type Finding, hostLabel, lostPackets, type MailHostObservation, type Rung } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { linkHintOfMtu } from "../link-mtu.ts";
import { countText } from "../number-text.ts";
import { blackHoleEvidence } from "./black-hole-evidence.ts";
import { type HostRule, quotedReply, type RuleContext, reasonOf, stageOf } from "./rule.ts";

/** An Ethernet packet: a path that carries it is no reduced one. */
const ETHERNET_MTU = 1500;

export const findOutboundPath: HostRule = (host, context) => {
  switch (host.path.outbound.verdict) {
    case "black-hole":
      return blackHole(host, context);
    case "pmtud-works":
      return reduced(host, context);
    case "cliff":
      return [cliff(host, context)];
    case "clear":
    case "lossy":
    case "not-tested":
    case "inconclusive":
      return sizeLimit(host, context);
  }
};

function blackHole(host: MailHostObservation, context: RuleContext): Finding[] {
  const { outbound, differs } = host.path;
  const { mtu } = outbound;
  // The same for unrelated hosts: a finding about us says it once. Where connections differ, a finding of its own does.
  if (mtu === null || context.own.mtu?.mtu === mtu || (differs ?? null) !== null) return [];
  const confidence = outbound.confidence ?? "suspected";
  const lost = lostPackets(outbound).smallest;
  const size = lost === null || lost === mtu + 1 ? `more than ${mtu} bytes` : `${lost} bytes and more`;
  const hint = linkHintOfMtu(mtu);
  const link =
    outbound.exact === false
      ? `A link on the way carries fewer than ${lost ?? mtu + 1} bytes; at least ${mtu} bytes pass`
      : `A link on the way carries at most ${mtu} bytes${hint === null ? "" : ` (${hint})`}`;
  return [
    findingOfHost(host, {
      code: "pmtu-black-hole",
      confidence,
      title: `Packets of ${size} ${confidence === "suspected" ? "seem to be lost" : "are lost"} on the way to ${hostLabel(host)}`,
      summary: `Short messages get through. Anything larger than one packet hangs, times out and stays in the queue. ${link}, and the ICMP message that reports this to the sender does not reach this machine or has no effect.${releaseSentence(host)}${doubtSentence(host)}`,
      evidence: blackHoleEvidence(host, context).rows,
      facts: { mtu, fragmentsArrive: outbound.release === "helps" ? true : outbound.release === "no-help" ? false : null },
    }),
  ];
}

/** What the same bytes without DF showed. */
function releaseSentence({ path, family }: MailHostObservation): string {
  switch (path.outbound.release) {
    case "no-help":
      return " The same bytes sent without DF do not arrive either, so no router fragments them: a layer 2 device or a filter that drops fragments is the cause, and disabling path MTU discovery does not help.";
    case "not-tried":
      return family === 6 ? " Over IPv6 no router fragments packets, so only smaller packets or the ICMP message help." : "";
    case "helps":
    case undefined:
      return "";
    default:
      return path.outbound.release satisfies never;
  }
}

/** What could not be told apart. */
function doubtSentence({ path }: MailHostObservation): string {
  const { rungs, mtu, release, statistics } = path.outbound;
  const lost = lostPackets({ rungs, mtu }).rungs;
  // Observations from before this was weighed have no fit.
  const commandsOnly = statistics?.fit !== undefined && release !== "helps" && lost.every(({ ladder, tls }) => ladder === "noop" && !tls);
  return commandsOnly
    ? " Only long commands could be tested: a firewall that drops long commands would look the same, and neither message data nor TLS could rule that out."
    : "";
}

function reduced(host: MailHostObservation, { observation }: RuleContext): Finding[] {
  const { outbound, localMtu, cachedMtu } = host.path;
  const { mtu } = outbound;
  if (mtu === null || mtu >= ETHERNET_MTU) return [];
  const hint = linkHintOfMtu(mtu);
  const silent =
    outbound.unreported ?? outbound.rungs.filter(({ unit, size, outcome }) => unit === "packet" && size > mtu && isLost(outcome)).length;
  const evidence = new EvidenceLog(observation).add(outbound.reason, { mtu, localMtu, cachedMtu, limitedBy: outbound.limitedBy, silent });
  if (outbound.exact === false) return [fallback(host, mtu, evidence)];
  return [
    findingOfHost(host, {
      code: "pmtu-reduced",
      confidence: outbound.confidence ?? "likely",
      title: `The path to ${hostLabel(host)} carries ${mtu} bytes, and path MTU discovery works${silent === 0 ? "" : " at times"}`,
      summary: `A link on the way is smaller than Ethernet${hint === null ? "" : ` (${hint})`}, a router reports it, and this machine sends smaller packets. ${silent === 0 ? "Nothing needs to be done." : `The report does not always come: ${countText(silent, "larger packet")} got lost without one. Mail is delayed until one comes; look for a limit on ICMP messages at the router in front of the small link.`}`,
      evidence: evidence.rows,
      facts: { mtu },
    }),
  ];
}

/** A report that names no size that fits. */
function fallback(host: MailHostObservation, mtu: number, evidence: EvidenceLog): Finding {
  return findingOfHost(host, {
    code: "pmtu-reduced",
    confidence: host.path.outbound.confidence ?? "likely",
    title: `A router on the way to ${hostLabel(host)} reports packets as too big without a size that fits`,
    summary: `This machine therefore falls back to packets of ${mtu} bytes, and they arrive: path MTU discovery works, at the cost of small packets. Routers older than RFC 1191 send such reports, with an MTU of 0. The link may carry more; a router that names the size, or a route with its MTU at the sender, makes use of it.`,
    evidence: evidence.rows,
    facts: { mtu },
  });
}

function isLost(outcome: Rung["outcome"]): boolean {
  return outcome === "stalled" || outcome === "released";
}

function cliff(host: MailHostObservation, { observation }: RuleContext): Finding {
  const { outbound } = host.path;
  const at = outbound.cliffAt;
  const where = at === null ? "a certain size" : `${at} bytes`;
  const largest = Math.max(
    0,
    ...outbound.rungs.filter(({ unit, outcome }) => unit === "packet" && outcome === "acked").map(({ size }) => size),
  );
  const evidence = new EvidenceLog(observation).add(outbound.reason, { cliffAt: at, stop: outbound.cliffStop ?? null });
  if (largest > 0) evidence.add(`Packets of ${largest} bytes were acknowledged on the same path.`, { largest });
  for (const rung of outbound.rungs.filter(({ unit }) => unit === "payload")) {
    evidence.add(`${rung.size} bytes of message: ${rung.outcome}.`, { size: rung.size, outcome: rung.outcome }, rung.at);
  }
  return findingOfHost(host, {
    code: "size-cliff",
    confidence: outbound.confidence ?? "suspected",
    title: `Messages to ${hostLabel(host)} stop after ${where}, though full-size packets arrive`,
    summary: `${stopSentence(outbound.cliffStop ?? null, at)} It is not the path MTU: full-size packets arrive. ${cliffHint(at)}`,
    evidence: evidence.rows,
  });
}

function stopSentence(stop: "window-closed" | "unacknowledged" | null, at: number | null): string {
  const after = at === null ? "At some point of the message" : `After ${at} bytes of message`;
  switch (stop) {
    case "window-closed":
      return `${after} the mail host stops reading: it keeps its receive window closed, so nothing more may be sent.`;
    case "unacknowledged":
      return `${after} nothing more is acknowledged.`;
    case null:
      return `${after} the transfer stops.`;
  }
}

function cliffHint(at: number | null): string {
  if (at !== null && at >= 60_000 && at <= 66_600) {
    return "A stop at about 64 kB points to a proxy or a firewall that buffers that much and waits, or to one that mishandles TCP window scaling.";
  }
  return "Look for a proxy, a content filter or a size limit at the mail host's side.";
}

/** 552 within the message: a limit that the host states. */
function sizeLimit(host: MailHostObservation, { observation }: RuleContext): Finding[] {
  const data = stageOf(host, "data-ladder");
  const sent = host.path.outbound.rungs.filter(({ unit }) => unit === "payload");
  if (data === null || data.outcome !== "refused" || data.reply?.code !== 552 || sent.length === 0) return [];
  const passed = sent.filter(({ outcome }) => outcome === "acked").reduce((sum, { size }) => sum + size, 0);
  return [
    findingOfHost(host, {
      code: "size-cliff",
      confidence: "proven",
      title: `${hostLabel(host)} refuses messages that grow beyond ${passed} bytes`,
      summary: `It takes ${passed} bytes of message and then answers ${quotedReply(data) ?? "552"}: a configured size limit, not a fault of the path.`,
      evidence: new EvidenceLog(observation).add(reasonOf(data), { reply: data.reply.text, passed }).rows,
    }),
  ];
}
