/**
 * The way to the mail host: `pmtu-black-hole`, `pmtu-reduced`, `size-cliff`, `lossy-path`. The verdict itself is measured
 * and computed by the probe; here it gets its sentence, its evidence and its remedies.
 *
 * Where packets become too big is known from the hop search; who drops the ICMP message is not, and is never claimed.
 */
import { type Finding, hostLabel, lostPackets, type MailHostObservation } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { linkHintOfMtu } from "../link-mtu.ts";
import { countText, percentText } from "../number-text.ts";
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
    case "lossy":
      return [lossy(host, context)];
    case "clear":
    case "not-tested":
    case "inconclusive":
      return sizeLimit(host, context);
  }
};

function blackHole(host: MailHostObservation, context: RuleContext): Finding[] {
  const { outbound } = host.path;
  const { mtu } = outbound;
  // The same for unrelated hosts: a finding about us says it once.
  if (mtu === null || context.own.mtu?.mtu === mtu) return [];
  const confidence = outbound.confidence ?? "suspected";
  const lost = lostPackets(outbound).smallest;
  const size = lost === null || lost === mtu + 1 ? `more than ${mtu} bytes` : `${lost} bytes and more`;
  const message = host.family === 4 ? "fragmentation needed" : "packet too big";
  const hint = linkHintOfMtu(mtu);
  const link =
    hint === null ? `A link on the way carries at most ${mtu} bytes` : `A link on the way carries at most ${mtu} bytes (${hint})`;
  return [
    findingOfHost(host, {
      code: "pmtu-black-hole",
      confidence,
      title: `Packets of ${size} ${confidence === "suspected" ? "seem to vanish" : "vanish"} on the way to ${hostLabel(host)}`,
      summary: `Small mails arrive there; a mail that fills a larger packet hangs until a time-out and stays in the queue. ${link}, and the message that must tell the sender so (ICMP "${message}") does not reach it or is not heeded.`,
      evidence: blackHoleEvidence(host, context).rows,
      facts: { mtu },
    }),
  ];
}

function reduced(host: MailHostObservation, { observation }: RuleContext): Finding[] {
  const { outbound, localMtu, cachedMtu } = host.path;
  const { mtu } = outbound;
  if (mtu === null || mtu >= ETHERNET_MTU) return [];
  const hint = linkHintOfMtu(mtu);
  const evidence = new EvidenceLog(observation).add(outbound.reason, { mtu, localMtu, cachedMtu, limitedBy: outbound.limitedBy });
  return [
    findingOfHost(host, {
      code: "pmtu-reduced",
      confidence: outbound.confidence ?? "likely",
      title: `The path to ${hostLabel(host)} carries ${mtu} bytes, and path MTU discovery works`,
      summary: `A link on the way is smaller than Ethernet${hint === null ? "" : ` (${hint})`}, this machine is told so and sends smaller packets. Nothing needs to be done.`,
      evidence: evidence.rows,
      facts: { mtu },
    }),
  ];
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
  if (largest > 0)
    evidence.add(`Packets of ${largest} bytes were acknowledged on the same path, so packet size is not the cause.`, { largest });
  for (const rung of outbound.rungs.filter(({ unit }) => unit === "payload")) {
    evidence.add(`${rung.size} bytes of message: ${rung.outcome}.`, { size: rung.size, outcome: rung.outcome }, rung.at);
  }
  return findingOfHost(host, {
    code: "size-cliff",
    confidence: outbound.confidence ?? "suspected",
    title: `Mail to ${hostLabel(host)} stops after ${where}, whatever the size of its packets`,
    summary: `${stopSentence(outbound.cliffStop ?? null, at)} This is no matter of the path MTU: full-size packets arrive. ${cliffHint(at)}`,
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

function lossy(host: MailHostObservation, { observation }: RuleContext): Finding {
  const { outbound } = host.path;
  const { statistics } = outbound;
  const evidence = new EvidenceLog(observation).add(outbound.reason, { mtu: outbound.mtu });
  if (statistics !== null) {
    evidence.add(
      `Of ${countText(statistics.smallSent, "small segment")} ${statistics.smallLost} had to be sent again; with 95 % certainty at most ${percentText(statistics.lossUpperBound)} get lost.`,
      { ...statistics },
    );
  }
  return findingOfHost(host, {
    code: "lossy-path",
    confidence: "likely",
    title: `Packets get lost on the way to ${hostLabel(host)}, whatever their size`,
    summary:
      "Some packets have to be sent twice. Mail gets through, more slowly; packet size plays no part in it, so this is no path MTU black hole.",
    evidence: evidence.rows,
  });
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
      summary: `It takes ${passed} bytes of message and then answers ${quotedReply(data) ?? "552"}: a size limit that is set there, no trouble of the path.`,
      evidence: new EvidenceLog(observation).add(reasonOf(data), { reply: data.reply.text, passed }).rows,
    }),
  ];
}
