/**
 * A pcap file that tcpdump and Wireshark open: times in nanoseconds, frames that begin with the IP header (LINKTYPE_RAW), so it
 * holds no hardware address.
 */
import type { WireSegment } from "./wire-segments.ts";

const NANOSECOND_MAGIC = 0xa1b23c4d;
const LINKTYPE_RAW = 101;
const LONGEST_FRAME = 65535;

export interface PcapRecord extends WireSegment {
  /** Seconds since 1970 and nanoseconds. */
  readonly at: readonly [number, number];
}

export function pcapFile(records: readonly PcapRecord[]): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(NANOSECOND_MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(LONGEST_FRAME, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  return Buffer.concat([head, ...records.flatMap(({ at, headers, size }) => [recordHead(at, headers.length, size), headers])]);
}

function recordHead([seconds, nanoseconds]: readonly [number, number], kept: number, size: number): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(seconds >>> 0, 0);
  head.writeUInt32LE(nanoseconds, 4);
  head.writeUInt32LE(kept, 8);
  head.writeUInt32LE(size, 12);
  return head;
}
