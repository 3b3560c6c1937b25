/**
 * A name server that answers from a zone given as data, over UDP: MX, addresses, TXT, reverse names, and the ways in which a
 * name server fails. Names that the zone does not hold do not exist (NXDOMAIN); held names without a record of the wanted type
 * give an empty answer. Encoding and decoding are dns-packet's.
 */
import { createSocket, type RemoteInfo } from "node:dgram";
import { isIPv6 } from "node:net";
import { type Answer, decode, encode, type Packet, type Question } from "dns-packet";

export interface DnsRecords {
  /** `[preference, exchange]`; a null MX (RFC 7505) is `[0, "."]`. */
  readonly mx?: readonly (readonly [number, string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly txt?: readonly string[];
  /** SHA-256 fingerprints of keys, in hexadecimal (RFC 6698, `3 1 1`). */
  readonly tlsa?: readonly string[];
  readonly ptr?: readonly string[];
  readonly cname?: string;
  /** Milliseconds before the answer. */
  readonly delayMs?: number;
}

export type DnsFault =
  /** SERVFAIL. */
  | "server-failure"
  /** REFUSED. */
  | "refused"
  /** No answer at all. */
  | "silent"
  /** Bytes that are no DNS message. */
  | "garbage"
  /** An answer to another question's id, as a forger would send; nothing else follows. */
  | "wrong-id";

/** By lower-case name without a final dot. */
export type DnsZone = Readonly<Record<string, DnsRecords | DnsFault>>;

export interface DnsServer extends AsyncDisposable {
  /** `IP:PORT` (`[IP]:PORT` for IPv6), as resolvers take it. */
  readonly address: string;
  readonly port: number;
  /** `TYPE name` of each question, in order of arrival. */
  readonly questions: readonly string[];
  stop(): Promise<void>;
}

export interface DnsServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

export async function startDnsServer(zone: DnsZone, options: DnsServerOptions = {}): Promise<DnsServer> {
  const host = options.host ?? "127.0.0.1";
  const questions: string[] = [];
  const pending = new Set<NodeJS.Timeout>();
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  socket.on("message", (bytes, from) => {
    const query = decodeQuery(bytes);
    if (!query) return;
    questions.push(`${query.question.type} ${query.question.name}`);
    const entry = zone[query.question.name.toLowerCase().replace(/\.$/, "")];
    const timer = setTimeout(() => {
      pending.delete(timer);
      send(from, reply(zone, query.packet, query.question));
    }, delayOf(entry));
    pending.add(timer);
  });
  const send = (to: RemoteInfo, bytes: Uint8Array | null) => {
    if (bytes) socket.send(bytes, to.port, to.address);
  };
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(options.port ?? 0, host, resolve);
  });
  const { port } = socket.address();
  const stop = async () => {
    for (const timer of pending) clearTimeout(timer);
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  };
  return { address: isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`, port, questions, stop, [Symbol.asyncDispose]: stop };
}

/** The name under which an address has its reverse record (RFC 1035, RFC 3596). */
export function dnsReverseName(address: string): string {
  if (!isIPv6(address)) return `${address.split(".").toReversed().join(".")}.in-addr.arpa`;
  return `${dnsNibbles(address)}.ip6.arpa`;
}

/** The 32 hexadecimal digits of an IPv6 address in reverse, with dots between. */
export function dnsNibbles(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  const digits = [...left, ...zeros, ...right].map((group) => group.padStart(4, "0")).join("");
  return [...digits].toReversed().join(".");
}

function delayOf(entry: DnsRecords | DnsFault | undefined): number {
  return typeof entry === "object" ? (entry.delayMs ?? 0) : 0;
}

function decodeQuery(bytes: Buffer): { packet: Packet; question: Question } | null {
  try {
    const packet = decode(bytes);
    const question = packet.questions?.[0];
    return question ? { packet, question } : null;
  } catch {
    return null;
  }
}

/** Response code in the low four bits of the flags (RFC 1035, section 4.1.1). */
const RCODES = { ok: 0, "server-failure": 2, "no-such-name": 3, refused: 5 } as const;
const AUTHORITATIVE_AND_RECURSIVE = 0x0400 | 0x0100 | 0x0080;

function reply(zone: DnsZone, query: Packet, question: Question): Uint8Array | null {
  const name = question.name.toLowerCase().replace(/\.$/, "");
  const entry = zone[name];
  const answer = (rcode: number, answers: Answer[], id = query.id ?? 0) =>
    encode({ type: "response", id, flags: AUTHORITATIVE_AND_RECURSIVE | rcode, questions: [question], answers });
  if (entry === undefined) return answer(RCODES["no-such-name"], []);
  if (typeof entry === "object") return answer(RCODES.ok, answersFor(zone, name, question));
  switch (entry) {
    case "server-failure":
      return answer(RCODES["server-failure"], []);
    case "refused":
      return answer(RCODES.refused, []);
    case "silent":
      return null;
    case "garbage":
      return Buffer.from("this is no DNS message");
    case "wrong-id":
      return answer(RCODES.ok, [], ((query.id ?? 0) + 1) & 0xffff);
  }
}

function answersFor(zone: DnsZone, name: string, question: Question, depth = 0): Answer[] {
  const entry = zone[name];
  if (typeof entry !== "object" || depth > 8) return [];
  const ttl = 60;
  if (entry.cname !== undefined) {
    const target = entry.cname.toLowerCase();
    return [{ type: "CNAME", name, ttl, data: entry.cname }, ...answersFor(zone, target, question, depth + 1)];
  }
  switch (question.type) {
    case "MX":
      return (entry.mx ?? []).map(([preference, exchange]) => ({ type: "MX", name, ttl, data: { preference, exchange } }));
    case "A":
      return (entry.a ?? []).map((data) => ({ type: "A", name, ttl, data }));
    case "AAAA":
      return (entry.aaaa ?? []).map((data) => ({ type: "AAAA", name, ttl, data }));
    case "TXT":
      return (entry.txt ?? []).map((data) => ({ type: "TXT", name, ttl, data }));
    case "PTR":
      return (entry.ptr ?? []).map((data) => ({ type: "PTR", name, ttl, data }));
    case "TLSA":
      return (entry.tlsa ?? []).map((hex) => ({
        type: "TLSA",
        name,
        ttl,
        data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from(hex, "hex") },
      }));
    default:
      return [];
  }
}
