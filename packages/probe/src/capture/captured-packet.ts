/**
 * What a capture keeps of a frame: the headers of a TCP segment, or of an ICMP error and of the segment that it quotes. Never
 * payload. Everything else (other protocols, fragments behind the first one, IPv6 extension headers) gives null.
 *
 * Layouts: RFC 791 §3.1, 8200 §3, 9293 §3.1, 792, 4443 §3.
 */
import { canonicalAddress } from "@mxray/contracts";

/** A frame as the kernel saw it, from its IP header on. It may be cut behind the headers. */
export interface Frame {
  /** Seconds since 1970 and nanoseconds. */
  readonly at: readonly [number, number];
  readonly bytes: Uint8Array;
  /** Payload bytes of each segment where the kernel handles several as one frame (GSO, GRO); else 0. */
  readonly segmentSize: number;
  readonly outgoing: boolean;
  readonly interfaceIndex: number;
}

export interface PacketEnd {
  readonly address: string;
  readonly port: number;
}

export interface CapturedPacket {
  /** `tcp`: from one end to the other. `icmp`: an error about a segment from `source` to `destination`. */
  readonly kind: "tcp" | "icmp";
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  /** Opens a connection. Always false for an ICMP error. */
  readonly syn: boolean;
  readonly frame: Frame;
  /** Bytes of `frame` that are headers. */
  readonly headers: number;
  /** Bytes of the IP header of `frame`. */
  readonly ipHeader: number;
  /** Bytes of the whole IP packet. */
  readonly size: number;
}

const TCP = 6;
const ICMP = 1;
const ICMP6 = 58;
const LEAST_TCP_HEADER = 20;
/** An ICMP error quotes at least the ports and the sequence number. */
const LEAST_QUOTED = 8;
const SYN = 0x02;

export function readPacket(frame: Frame): CapturedPacket | null {
  const { bytes } = frame;
  const ip = readIp(bytes, 0);
  if (ip === null) return null;
  if (ip.protocol === TCP) {
    const header = tcpHeaderBytes(bytes, ip.header);
    if (header === null || bytes.length < ip.header + header) return null;
    const syn = ((bytes[ip.header + 13] ?? 0) & SYN) !== 0;
    return { kind: "tcp", ...endsAt(bytes, ip), syn, frame, headers: ip.header + header, ipHeader: ip.header, size: ip.size };
  }
  const type = bytes[ip.header] ?? 0;
  const isError = ip.protocol === ICMP ? type === 3 || type === 11 || type === 12 : ip.protocol === ICMP6 && type >= 1 && type <= 4;
  if (!isError) return null;
  const quoted = readIp(bytes, ip.header + 8);
  if (quoted === null || quoted.protocol !== TCP || bytes.length < quoted.header + LEAST_QUOTED) return null;
  const end = quoted.header + (tcpHeaderBytes(bytes, quoted.header) ?? LEAST_QUOTED);
  const headers = Math.min(end, bytes.length);
  return { kind: "icmp", ...endsAt(bytes, quoted), syn: false, frame, headers, ipHeader: ip.header, size: ip.size };
}

interface IpHeader {
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly start: number;
  /** Where the next header begins, from the start of the frame. */
  readonly header: number;
  readonly size: number;
}

function readIp(bytes: Uint8Array, start: number): IpHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = (bytes[start] ?? 0) >> 4;
  if (version === 4 && bytes.length >= start + 20) {
    const header = start + 4 * (view.getUint8(start) & 15);
    const isLaterFragment = (view.getUint16(start + 6) & 0x1fff) !== 0;
    if (isLaterFragment || header < start + 20) return null;
    return { version, protocol: view.getUint8(start + 9), start, header, size: view.getUint16(start + 2) };
  }
  if (version === 6 && bytes.length >= start + 40)
    return { version, protocol: view.getUint8(start + 6), start, header: start + 40, size: 40 + view.getUint16(start + 4) };
  return null;
}

/** Null where the frame ends before the header says how long it is. */
function tcpHeaderBytes(bytes: Uint8Array, start: number): number | null {
  const words = bytes[start + 12];
  if (words === undefined) return null;
  return Math.max(LEAST_TCP_HEADER, 4 * (words >> 4));
}

function endsAt(bytes: Uint8Array, { version, start, header }: IpHeader): { source: PacketEnd; destination: PacketEnd } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [from, length] = version === 4 ? [start + 12, 4] : [start + 8, 16];
  const address = (offset: number) => addressText(bytes.subarray(offset, offset + length));
  return {
    source: { address: address(from), port: view.getUint16(header) },
    destination: { address: address(from + length), port: view.getUint16(header + 2) },
  };
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16));
  return canonicalAddress(groups.join(":"))?.text ?? groups.join(":");
}
