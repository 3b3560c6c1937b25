/**
 * The TCP connections of this network namespace from and to mail ports, by NETLINK_SOCK_DIAG (sock_diag(7)). Any user may read
 * those of all users. The kernel picks them by port, so other connections cost next to nothing. Left out: loopback, and what any
 * mxray process of the machine has open (probes stall on purpose).
 *
 * Layouts: linux/inet_diag.h, linux/sock_diag.h.
 */
import type { MailConnection } from "@mxray/contracts";
import { AF_INET, AF_INET6, IPPROTO_TCP, type Libc, type LibcResult, loadLibc, SOCK_CLOEXEC } from "./libc.ts";
import { OWN_SOCKET_PRIORITY } from "./own-socket.ts";
import { addressOfBytes } from "./socket-address.ts";
import { parseTcpInfo } from "./tcp-info.ts";

const MAIL_PORTS: readonly number[] = [25, 465, 587];

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST_DUMP = 0x301;
const REQUEST_BYTES = 72;
const MESSAGE_HEADER = 16;
/** `struct inet_diag_msg`, behind the header; attributes follow it. */
const DIAG_BYTES = 72;
const READ_BYTES = 32_768;

const TCP_ESTABLISHED = 1;
const TCP_CLOSE_WAIT = 8;
const INET_DIAG_REQ_BYTECODE = 1;
const INET_DIAG_INFO = 2;
const INET_DIAG_TOS = 5;
/** Asked for, it brings INET_DIAG_CLASS_ID too, whose own bit the request has no room for. */
const INET_DIAG_TCLASS = 6;
const INET_DIAG_SKMEMINFO = 7;
const INET_DIAG_CLASS_ID = 17;
const WANTED = [INET_DIAG_INFO, INET_DIAG_TOS, INET_DIAG_TCLASS, INET_DIAG_SKMEMINFO];
/** Operations of the kernel's filter. */
const JUMP = 1;
const LOCAL_PORT_IS = 11;
const REMOTE_PORT_IS = 12;

/** What an IPv4 address in IPv6 form begins with. */
const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

export type MailSocketsResult =
  | { readonly ok: true; readonly connections: MailConnection[] }
  | { readonly ok: false; readonly reason: string };

/** Reads at each call, within milliseconds. */
export function mailSocketReader(result: LibcResult = loadLibc()): () => MailSocketsResult {
  if (!result.ok) return () => result;
  const { libc } = result;
  return () => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) return { ok: false, reason: `This machine does not list its connections (errno ${-fd}).` };
    try {
      return { ok: true, connections: [...dump(libc, fd, AF_INET), ...dump(libc, fd, AF_INET6)] };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    } finally {
      libc.close(fd);
    }
  };
}

type Family = typeof AF_INET | typeof AF_INET6;

function dump(libc: Libc, fd: number, family: Family): MailConnection[] {
  const sent = libc.send(fd, request(family));
  if (sent < 0) throw new Error(`This machine does not list its connections (errno ${-sent}).`);
  const found: MailConnection[] = [];
  while (true) {
    const message = libc.receive(fd, READ_BYTES);
    if (typeof message === "number") throw new Error(`The list of connections ended early (errno ${-message}).`);
    const bytes = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength);
    for (let at = 0; at + MESSAGE_HEADER <= bytes.length; ) {
      const length = bytes.readUInt32LE(at);
      const type = bytes.readUInt16LE(at + 4);
      if (type === NLMSG_DONE) return found;
      if (type === NLMSG_ERROR)
        throw new Error(`This machine does not list its connections (errno ${-bytes.readInt32LE(at + MESSAGE_HEADER)}).`);
      if (length < MESSAGE_HEADER) throw new Error("The list of connections cannot be read.");
      const one = parseSocket(bytes.subarray(at + MESSAGE_HEADER, at + length), family);
      if (one !== null) found.push(one);
      at += align(length);
    }
  }
}

function request(family: Family): Buffer {
  const filter = portFilter();
  const bytes = Buffer.alloc(REQUEST_BYTES + 4 + filter.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST_DUMP, 6);
  bytes[16] = family;
  bytes[17] = IPPROTO_TCP;
  bytes[18] = WANTED.reduce((bits, attribute) => bits | (1 << (attribute - 1)), 0);
  bytes.writeUInt32LE((1 << TCP_ESTABLISHED) | (1 << TCP_CLOSE_WAIT), 20);
  bytes.writeUInt16LE(4 + filter.length, REQUEST_BYTES);
  bytes.writeUInt16LE(INET_DIAG_REQ_BYTECODE, REQUEST_BYTES + 2);
  filter.copy(bytes, REQUEST_BYTES + 4);
  return bytes;
}

/** Any of the ports at either end. A test that fails goes on to the next; one that holds jumps to the end, which accepts. */
function portFilter(): Buffer {
  const tests = MAIL_PORTS.flatMap((port) => [
    [LOCAL_PORT_IS, port],
    [REMOTE_PORT_IS, port],
  ]);
  const [test, jump] = [8, 4];
  const bytes = Buffer.alloc(tests.length * (test + jump) - jump);
  for (const [index, [code = 0, port = 0]] of tests.entries()) {
    const at = index * (test + jump);
    // The operation, where to go on if it holds and if not (bytes from here), then the port. Four bytes past the end refuse.
    bytes.set([code, test, test + jump, 0, 0, 0], at);
    bytes.writeUInt16LE(port, at + 6);
    if (at + test < bytes.length) bytes.set([JUMP, jump, bytes.length - at - test, 0], at + test);
  }
  return bytes;
}

function parseSocket(bytes: Buffer, family: Family): MailConnection | null {
  if (bytes.length < DIAG_BYTES) return null;
  const info = attribute(bytes, INET_DIAG_INFO);
  const facts = info === null ? null : parseTcpInfo(info);
  if (facts === null) return null;
  const [localPort, peerPort] = [bytes.readUInt16BE(4), bytes.readUInt16BE(6)];
  const [local, peer] = [addressOf(bytes.subarray(8, 24), family), addressOf(bytes.subarray(24, 40), family)];
  if (local === peer || isLoopback(peer) || isOwn(bytes)) return null;
  const direction = MAIL_PORTS.includes(localPort) ? "inbound" : "outbound";
  const [unread, queued] = [bytes.readUInt32LE(56), bytes.readUInt32LE(60)];
  const memory = attribute(bytes, INET_DIAG_SKMEMINFO)?.readUInt32LE(0) ?? 0;
  return {
    id: bytes.readBigUInt64LE(44).toString(16),
    direction,
    peer: { address: peer, port: peerPort },
    mailPort: direction === "inbound" ? localPort : peerPort,
    sendMss: facts.sendMss,
    receiveMss: facts.receiveMss,
    pathMtu: facts.pathMtu,
    bytesAcked: facts.bytesAcked,
    bytesReceived: facts.bytesReceived,
    inFlight: Math.max(0, queued - facts.unsent),
    unsent: facts.unsent,
    unread,
    // Received data takes memory: with nothing to read in order, it is data that something before it keeps back.
    heldBack: unread === 0 && memory > 0,
    laterArrived: facts.sacked > 0,
    timeouts: facts.timeouts,
    backoff: facts.backoff,
    rtoMs: facts.rtoMs,
  };
}

/** A socket for both families shows IPv4 as `::ffff:a.b.c.d`. */
function addressOf(bytes: Buffer, family: Family): string {
  return family === AF_INET6 && bytes.subarray(0, 12).equals(MAPPED)
    ? addressOfBytes(bytes.subarray(12), AF_INET)
    : addressOfBytes(bytes, family);
}

function attribute(bytes: Buffer, wanted: number): Buffer | null {
  for (let at = DIAG_BYTES; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) return null;
    if (bytes.readUInt16LE(at + 2) === wanted) return bytes.subarray(at + 4, at + length);
    at += align(length);
  }
  return null;
}

function align(length: number): number {
  return (length + 3) & ~3;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** A type of service makes a priority as well, one of them this; our sockets have none. */
function isOwn(bytes: Buffer): boolean {
  return attribute(bytes, INET_DIAG_CLASS_ID)?.readUInt32LE(0) === OWN_SOCKET_PRIORITY && attribute(bytes, INET_DIAG_TOS)?.[0] === 0;
}
