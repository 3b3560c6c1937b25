/**
 * The other end of a connection as Postfix writes it: `name[address]`, `name[address]:port`, `[address]:port`,
 * `unknown[unknown]`, `name[/path/of/socket]`; and how it is reached.
 */
import type { Buffer } from "node:buffer";
import { canonicalAddress, type Peer, type PeerReach, parsePort, peerReachOf, printable } from "@mxray/contracts";
import { ByteMap } from "../bytes/byte-map.ts";
import { COLON, isDigit, SPACE } from "../bytes/byte-text.ts";

export interface NamedPeer {
  readonly peer: Peer;
  readonly reach: PeerReach;
  /** The records of this peer as a client and as a server, so that their owner need not look for them. */
  inbound: PeerRecord | null;
  outbound: PeerRecord | null;
  /** The same of its host's stalls. */
  inboundStalls: PeerRecord | null;
  outboundStalls: PeerRecord | null;
}

/** What a collection of peers keeps of one; the owner is that collection, null once it dropped the record. */
interface PeerRecord {
  readonly owner: object | null;
}

const NAME_CAP = 255;
/** Bytes of a name, an address and a port; what is longer is something else. */
const LONGEST = 400;
const CLOSE = 93;
const COMMA = 44;
/** Where a peer's text ends or turns out to be something else: real names hold neither blanks nor commas. */
const STOPS = new Uint8Array(256);
for (const byte of [CLOSE, COMMA, SPACE]) STOPS[byte] = 1;
/** Peers that are remembered as objects; more are only made anew. */
const REMEMBERED = 16_384;

export class PeerNames {
  readonly #known = new ByteMap<NamedPeer>(REMEMBERED);
  /** Behind the last peer that was read. */
  end = 0;

  /** The peer that is written from `from` on, or null; `end` then stands behind it. */
  read(bytes: Buffer, from: number, to: number): NamedPeer | null {
    let end = from;
    const last = Math.min(to, from + LONGEST);
    while (end < last && STOPS[bytes[end] as number] === 0) end += 1;
    if (end >= last || bytes[end] !== CLOSE) return null;
    end += 1;
    if (bytes[end] === COLON && end + 1 < to && isDigit(bytes[end + 1])) {
      end += 2;
      while (end < to && isDigit(bytes[end])) end += 1;
    }
    this.end = end;
    const known = this.#known.get(bytes, from, end);
    if (known !== undefined) return known;
    const peer = namedPeer(printable(bytes.subarray(from, end), LONGEST));
    if (peer !== null) this.#known.set(bytes, from, end, peer);
    return peer;
  }
}

/** From text as logged; null for what has no brackets. */
export function namedPeer(text: string): NamedPeer | null {
  const open = text.indexOf("[");
  const close = text.indexOf("]", open);
  if (open === -1 || close === -1) return null;
  const name = text.slice(0, open);
  const inside = text.slice(open + 1, close);
  const port = parsePort(text.slice(close + 2));
  return peerOf(name, inside, text[close + 1] === ":" ? port : null);
}

/** @param address as logged: an IP address, a socket's path, or "unknown" */
export function peerOf(name: string, address: string, port: number | null): NamedPeer {
  const shownName = name === "" || name === "unknown" ? null : printable(name, NAME_CAP);
  const peer = { name: shownName, address: addressOf(address), port: address.includes("/") ? null : port };
  return withoutRecords(peer, peerReachOf(peer));
}

/** A name that leads to no records yet. */
export function withoutRecords(peer: Peer, reach: PeerReach): NamedPeer {
  return { peer, reach, inbound: null, outbound: null, inboundStalls: null, outboundStalls: null };
}

/** Canonical where it is an IP address. */
function addressOf(address: string): string | null {
  const canonical = canonicalAddress(address.replace(/^IPv6:/i, ""))?.text ?? null;
  return canonical ?? (address === "" || address === "unknown" ? null : printable(address, NAME_CAP));
}
