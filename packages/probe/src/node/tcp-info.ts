/**
 * `struct tcp_info` as numbers (offsets: linux/tcp.h). Older kernels return fewer bytes: what lies beyond the returned
 * length is null, never read.
 */
import type { TcpFacts } from "../ports.ts";
import { IPPROTO_TCP, type Libc, TCP_INFO } from "./libc.ts";

const OPTION_TIMESTAMPS = 1;
const OPTION_SACK = 2;
const OPTION_WINDOW_SCALING = 4;
/** What every kernel with `bytes_acked` (4.1) returns at least. */
const SHORTEST = 136;
/** Kernels whose structure is longer measure segments that come out of order (Linux 6.17, and some before it). */
const LENGTH_BEFORE_6_18 = 248;

export function readTcpInfo(libc: Libc, fd: number): TcpFacts | null {
  // The kernel fills what it says that it filled, and no more is read.
  const info = Buffer.allocUnsafe(320);
  const length = libc.getBytes(fd, IPPROTO_TCP, TCP_INFO, info);
  return length < 0 ? null : parseTcpInfo(info.subarray(0, length));
}

/** @returns null where the structure is that of a kernel before 4.1 */
export function parseTcpInfo(info: Buffer): TcpFacts | null {
  const length = info.length;
  if (length < SHORTEST) return null;
  const u32 = (offset: number): number | null => (offset + 4 <= length ? info.readUInt32LE(offset) : null);
  const u64 = (offset: number): number | null => (offset + 8 <= length ? Number(info.readBigUInt64LE(offset)) : null);
  const ms = (offset: number): number => (u32(offset) ?? 0) / 1000;
  const options = info[5] ?? 0;
  return {
    options: {
      timestamps: (options & OPTION_TIMESTAMPS) !== 0,
      sack: (options & OPTION_SACK) !== 0,
      windowScaling: (options & OPTION_WINDOW_SCALING) !== 0,
    },
    timeouts: info[2] ?? 0,
    backoff: info[4] ?? 0,
    rtoMs: ms(8),
    sendMss: u32(16) ?? 0,
    receiveMss: u32(20) ?? 0,
    measuresUnordered: length > LENGTH_BEFORE_6_18,
    unacked: u32(24) ?? 0,
    sacked: u32(28) ?? 0,
    pathMtu: u32(60) ?? 0,
    rttMs: ms(68),
    retransmits: u32(100) ?? 0,
    bytesAcked: u64(120) ?? 0,
    bytesReceived: u64(128) ?? 0,
    unsent: u32(144) ?? 0,
    minRttMs: ms(148),
    bytesSent: u64(200),
    duplicates: u32(216) ?? 0,
    outOfOrder: u32(224),
    sendWindow: u32(228),
    windowLimitedMs: u64(176) === null ? null : (u64(176) ?? 0) / 1000,
  };
}
