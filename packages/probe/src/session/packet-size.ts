/** What the kernel's facts of a connection say about the size of its packets. */
import type { TcpFacts } from "../ports.ts";

/** Bytes of IP and TCP headers in front of the payload of each segment on this connection. */
export function segmentHeaders(family: 4 | 6, facts: TcpFacts): number {
  return (family === 4 ? 20 : 40) + 20 + (facts.options.timestamps ? 12 : 0);
}

/** The largest IP packet that the kernel would send on this connection now, bytes. */
export function largestPacket(family: 4 | 6, facts: TcpFacts): number {
  return facts.sendMss + segmentHeaders(family, facts);
}

/** Tiny segments that follow a large one need room in the window, too, bytes. */
const BESIDE = 16;

/** The largest IP packet that the peer's receive window has room for, bytes; infinite where the window is not known. */
export function windowRoom(family: 4 | 6, facts: TcpFacts): number {
  if (facts.sendWindow === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, facts.sendWindow - BESIDE) + segmentHeaders(family, facts);
}

/** The MSS whose packets have this many bytes. */
export function mssOf(packet: number, family: 4 | 6): number {
  return packet - (family === 4 ? 40 : 60);
}
