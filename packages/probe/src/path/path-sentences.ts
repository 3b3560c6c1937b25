/** What a verdict on the outbound path says of itself: one or two sentences, each true of what was measured. */
import type { OutboundPath, PathStatistics } from "@mxray/contracts";
import type { MtuBounds } from "./mtu-search.ts";
import { isLoss, type ObservedRung } from "./observed-rung.ts";
import type { SmallSegments } from "./path-statistics.ts";

export function blackHoleSentence(
  rungs: readonly ObservedRung[],
  { passed, lost }: MtuBounds,
  { blind, apart, release }: { blind: boolean; apart: boolean; release: OutboundPath["release"] },
): string {
  const sizes = `${passed}-byte packets arrive; packets of ${lost === passed + 1 ? `${lost} bytes` : `${lost} bytes and more`} do not`;
  if (blind) return `${sizes} (known from time-outs alone, because this machine cannot read TCP_INFO).`;
  if (release === "helps") return `${sizes}. Resent without DF on the same connection, the same bytes arrive.`;
  const above = rungs.filter(({ rung }) => isLoss(rung) && rung.size > passed);
  const sacked = above.filter(({ rung }) => rung.sacked).length;
  const behind =
    sacked === 0
      ? ""
      : sacked === above.length
        ? ", while the small packets behind them do"
        : `, while the small packets behind ${sacked} of ${above.length} do`;
  const without = release === "no-help" ? " Resent without DF, they do not arrive either." : "";
  const doubt = apart
    ? ""
    : " Only long commands were lost: a firewall that drops long commands would look the same, and neither message data nor TLS could be used to rule that out.";
  return `${sizes}${behind}.${without}${doubt}`;
}

/** A hole fits, and so does chance. */
export function unsureSentence(rungs: readonly ObservedRung[], { passed, lost }: MtuBounds, { fit = 0 }: PathStatistics): string {
  const above = rungs.filter(({ rung }) => isLoss(rung) && rung.size > passed).length;
  const times = fit >= 1.5 ? `only ${Math.round(fit)} times better than` : "no better than";
  return `${counted(above, "packet")} of ${lost} bytes or more got lost and none arrived; the largest that arrived has ${passed} bytes. A limit of size explains this ${times} random loss, so neither is established.`;
}

export function lossySentence(
  rungs: readonly ObservedRung[],
  { small, payload }: { small: SmallSegments; payload: SmallSegments },
  largest: number,
): string {
  const packets = rungs.filter(({ rung }) => rung.outcome === "acked" || isLoss(rung));
  const lost = packets.filter(({ rung, losses }) => isLoss(rung) || losses > 0).length + payload.lost;
  const sent = packets.length + payload.sent;
  return `Lost: ${lost} of ${counted(sent, "large packet")} and ${small.lost} of ${counted(small.sent, "small one")}, each counted as often as it was sent. Packets of ${largest} bytes also arrive.`;
}

/** The smallest path MTU that Linux believes over IPv4 (net.ipv4.route.min_pmtu), bytes. */
const SMALLEST_BELIEVED = 552;

/** The kernel fell back to its smallest path MTU: routers older than RFC 1191 report that a packet is too big and name no size. */
export function isFallback(mtu: number, family: 4 | 6): boolean {
  return family === 4 && mtu === SMALLEST_BELIEVED;
}

export function reducedSentence(largest: number, lostBefore: number, family: 4 | 6): string {
  const message = family === 4 ? "fragmentation needed" : "packet too big";
  const reported = `A router reports (ICMP "${message}") that packets may have ${largest} bytes at most, this machine obeys, and they arrive.`;
  if (isFallback(largest, family)) {
    return `A router reports (ICMP "${message}") that packets are too big. ${SMALLEST_BELIEVED} bytes is what this kernel falls back to where the report names no size that fits (an MTU of 0, as routers older than RFC 1191 send) or a smaller one, so the link may carry more.`;
  }
  if (lostBefore === 0) return reported;
  return `${reported} The message does not always come: ${counted(lostBefore, "larger packet")} got lost without one.`;
}

/** Of a path that loses all large packets of TCP, and whose routers report some of those of UDP. */
export function partlyReportedSentence(mtu: number, lost: number, family: 4 | 6): string {
  const message = family === 4 ? "fragmentation needed" : "packet too big";
  return `A router reports (ICMP "${message}") that packets may have ${mtu} bytes at most, but not every time: ${counted(lost, "larger packet")} got lost without a report.`;
}

export function clearSentence(
  largest: number,
  limitedBy: "peer-mss" | "local-mtu" | "ladder",
  { peerMss, peerWindow, tcpMtuProbing }: { peerMss: number | null; peerWindow?: number | null; tcpMtuProbing: number | null },
): string {
  const arrived = `A packet of ${largest} bytes arrived`;
  switch (limitedBy) {
    case "peer-mss":
      return `${arrived}, the largest that the host's own MSS of ${peerMss} bytes allows.`;
    case "local-mtu":
      return `${arrived}, the largest that this machine's interface allows.`;
    case "ladder":
      if (typeof peerWindow === "number") return `${arrived}, the largest that the host's receive window of ${peerWindow} bytes allows.`;
      return tcpMtuProbing === 2 ? `${arrived}, the largest that this machine sends while its tcp_mtu_probing is 2.` : `${arrived}.`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
