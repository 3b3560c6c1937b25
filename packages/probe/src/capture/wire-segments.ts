/**
 * The segments that were on the wire, from a frame that the kernel handled as one: it hands large frames to the network card to
 * be cut (GSO, TSO) and joins what arrives (GRO). Each segment gets the headers that it had on the wire, but for the checksum
 * of TCP, which would need the payload.
 */
import type { CapturedPacket } from "./captured-packet.ts";

export interface WireSegment {
  readonly headers: Uint8Array;
  /** Bytes of the whole IP packet. */
  readonly size: number;
}

const FIN_AND_PSH = 0x09;

export function wireSegments({ kind, frame, headers, ipHeader, size }: CapturedPacket): WireSegment[] {
  const { bytes, segmentSize } = frame;
  const payload = size - headers;
  if (kind !== "tcp" || segmentSize === 0 || payload <= segmentSize) return [{ headers: bytes.subarray(0, headers), size }];
  return Array.from({ length: Math.ceil(payload / segmentSize) }, (_, index) => {
    const from = index * segmentSize;
    const length = Math.min(segmentSize, payload - from);
    // A Buffer's own slice would share its memory.
    const one = Uint8Array.from(bytes.subarray(0, headers));
    const view = new DataView(one.buffer);
    view.setUint32(ipHeader + 4, (view.getUint32(ipHeader + 4) + from) >>> 0);
    if (from + length < payload) view.setUint8(ipHeader + 13, view.getUint8(ipHeader + 13) & ~FIN_AND_PSH);
    writeLength(view, ipHeader, headers + length, index);
    return { headers: one, size: headers + length };
  });
}

function writeLength(view: DataView, ipHeader: number, size: number, index: number): void {
  if (view.getUint8(0) >> 4 === 6) {
    view.setUint16(4, size - 40);
    return;
  }
  view.setUint16(2, size);
  view.setUint16(4, (view.getUint16(4) + index) & 0xffff);
  view.setUint16(10, 0);
  let sum = 0;
  for (let offset = 0; offset < ipHeader; offset += 2) sum += view.getUint16(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(10, ~sum & 0xffff);
}
