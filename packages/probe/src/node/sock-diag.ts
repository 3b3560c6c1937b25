/**
 * TCP connections of this network namespace as its kernel lists them (NETLINK_SOCK_DIAG, sock_diag(7)). Any user may read those of all
 * users. The kernel picks them by port, so other connections cost next to nothing.
 *
 * Layouts: linux/inet_diag.h, linux/sock_diag.h.
 */
import type { TcpFacts } from "../ports.ts";
import { AF_INET, AF_INET6, IPPROTO_TCP, type Libc, SOCK_CLOEXEC } from "./libc.ts";
import { OWN_SOCKET_PRIORITY } from "./own-socket.ts";
import { addressOfBytes } from "./socket-address.ts";
import { parseTcpInfo } from "./tcp-info.ts";

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
export const LOCAL_PORT_IS = 11;
export const REMOTE_PORT_IS = 12;

/** What an IPv4 address in IPv6 form begins with. */
const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

interface TcpEnd {
  readonly address: string;
  readonly port: number;
}

/** One connection that is established, or that the peer has closed. */
export interface TcpSocket {
  /** The kernel's cookie of the socket, hexadecimal. */
  readonly id: string;
  readonly local: TcpEnd;
  readonly peer: TcpEnd;
  readonly family: 4 | 6;
  readonly facts: TcpFacts;
  /** Bytes received in order that the program has not read. */
  readonly unread: number;
  /** Bytes written that the peer has not acknowledged. */
  readonly queued: number;
  /** Data arrived whose predecessor is missing. */
  readonly heldBack: boolean;
  /** An mxray process of this machine has it open. */
  readonly isOwn: boolean;
}

/** A test of a connection's port: the operation, and the port. */
export type PortTest = readonly [operation: typeof LOCAL_PORT_IS | typeof REMOTE_PORT_IS, port: number];

/** Those for which any of the tests holds. @throws Error with a sentence where the kernel does not list them */
export function listTcpSockets(libc: Libc, tests: readonly PortTest[]): TcpSocket[] {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) throw new Error(`This machine does not list its connections (errno ${-fd}).`);
  try {
    const filter = portFilter(tests);
    return [...dump(libc, fd, AF_INET, filter), ...dump(libc, fd, AF_INET6, filter)];
  } finally {
    libc.close(fd);
  }
}

type Family = typeof AF_INET | typeof AF_INET6;

function dump(libc: Libc, fd: number, family: Family, filter: Buffer): TcpSocket[] {
  const sent = libc.send(fd, request(family, filter));
  if (sent < 0) throw new Error(`This machine does not list its connections (errno ${-sent}).`);
  const found: TcpSocket[] = [];
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

function request(family: Family, filter: Buffer): Buffer {
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
function portFilter(tests: readonly PortTest[]): Buffer {
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

function parseSocket(bytes: Buffer, family: Family): TcpSocket | null {
  if (bytes.length < DIAG_BYTES) return null;
  const info = attribute(bytes, INET_DIAG_INFO);
  const facts = info === null ? null : parseTcpInfo(info);
  if (facts === null) return null;
  const local = { address: addressOf(bytes.subarray(8, 24), family), port: bytes.readUInt16BE(4) };
  const peer = { address: addressOf(bytes.subarray(24, 40), family), port: bytes.readUInt16BE(6) };
  const [unread, queued] = [bytes.readUInt32LE(56), bytes.readUInt32LE(60)];
  const memory = attribute(bytes, INET_DIAG_SKMEMINFO)?.readUInt32LE(0) ?? 0;
  return {
    id: bytes.readBigUInt64LE(44).toString(16),
    ...{ local, peer, facts, unread, queued },
    family: peer.address.includes(":") ? 6 : 4,
    // Received data takes memory: with nothing to read in order, it is data that something before it keeps back.
    heldBack: unread === 0 && memory > 0,
    isOwn: isOwn(bytes),
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

/** A type of service makes a priority as well, one of them this; our sockets have none. */
function isOwn(bytes: Buffer): boolean {
  return attribute(bytes, INET_DIAG_CLASS_ID)?.readUInt32LE(0) === OWN_SOCKET_PRIORITY && attribute(bytes, INET_DIAG_TOS)?.[0] === 0;
}
