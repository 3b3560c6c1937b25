/**
 * Sends single packets with a limited TTL and hears what routers say, without root: the kernel hands ICMP errors to the
 * socket's error queue (`IP_RECVERR`). UDP keeps DF with `PROBE`; a TCP socket's queue works while it is in SYN_SENT.
 */
import type { HopProber, HopReply } from "../ports.ts";
import { systemClock } from "./clock.ts";
import {
  AF_INET,
  AF_INET6,
  ERRNO,
  IP_MTU_DISCOVER,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_MTU_DISCOVER,
  IPV6_RECVERR,
  IPV6_UNICAST_HOPS,
  type Libc,
  type LibcResult,
  PMTUDISC_PROBE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  TCP_INFO,
} from "./libc.ts";
import { decodeSocketAddress, encodeSocketAddress } from "./socket-address.ts";

/** Traceroute's first port (RFC 1393's habit): nobody listens there, so the target itself answers "port unreachable". */
const FIRST_UDP_PORT = 33434;
const POLL_MS = 2;

const SO_EE_ORIGIN_LOCAL = 1;
const TCP_ESTABLISHED = 1;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_LINGER = 13;

export function nodeHopProber(result: LibcResult): HopProber {
  if (!result.ok) {
    const silent = async (): Promise<HopReply> => ({ kind: "silent" });
    return { missing: result.reason, udp: silent, syn: silent };
  }
  const { libc } = result;
  let nextPort = 0;

  return {
    missing: null,
    async udp({ address, family, ttl, size, timeoutMs, signal }) {
      const fd = openWithTtl(libc, family, SOCK_DGRAM, ttl);
      if (fd < 0) return { kind: "silent" };
      try {
        libc.setInt(fd, family === 4 ? IPPROTO_IP : IPPROTO_IPV6, family === 4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
        const start = systemClock.now();
        const payload = Buffer.alloc(Math.max(0, size - (family === 4 ? 28 : 48)));
        nextPort = (nextPort + 1) % 2000;
        const sent = libc.sendTo(fd, payload, encodeSocketAddress(address, family, FIRST_UDP_PORT + nextPort));
        if (sent === -ERRNO.EMSGSIZE) return readReply(libc, fd, family, 0) ?? { kind: "too-large-here", mtu: null };
        if (sent < 0) return { kind: "silent" };
        return await poll(start, timeoutMs, signal, () => readReply(libc, fd, family, systemClock.now() - start));
      } finally {
        libc.close(fd);
      }
    },
    async syn({ address, family, port, ttl, timeoutMs, signal }) {
      const fd = openWithTtl(libc, family, SOCK_STREAM, ttl);
      if (fd < 0) return { kind: "silent" };
      try {
        const start = systemClock.now();
        const connected = libc.connect(fd, encodeSocketAddress(address, family, port));
        if (connected < 0 && connected !== -ERRNO.EINPROGRESS) return { kind: "silent" };
        return await poll(start, timeoutMs, signal, () => {
          const ms = systemClock.now() - start;
          const reply = readReply(libc, fd, family, ms);
          // A mail host answers a SYN by TCP; "port unreachable" from anybody else is a firewall's refusal.
          if (reply?.kind === "arrived" && reply.from !== address) return { ...reply, kind: "prohibited" };
          if (reply !== null) return reply;
          if (established(libc, fd)) {
            resetOnClose(libc, fd);
            return { kind: "arrived", from: address, ms };
          }
          const error = libc.getInt(fd, SOL_SOCKET, SO_ERROR);
          if (error === ERRNO.ECONNREFUSED) return { kind: "arrived", from: address, ms };
          return null;
        });
      } finally {
        libc.close(fd);
      }
    },
  };
}

function openWithTtl(libc: Libc, family: 4 | 6, type: number, ttl: number): number {
  const fd = libc.socket(family === 4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  const level = family === 4 ? IPPROTO_IP : IPPROTO_IPV6;
  libc.setInt(fd, level, family === 4 ? IP_TTL : IPV6_UNICAST_HOPS, ttl);
  libc.setInt(fd, level, family === 4 ? IP_RECVERR : IPV6_RECVERR, 1);
  return fd;
}

async function poll(start: number, timeoutMs: number, signal: AbortSignal | undefined, look: () => HopReply | null): Promise<HopReply> {
  let wait = POLL_MS;
  while (true) {
    const reply = look();
    if (reply !== null) return reply;
    const left = timeoutMs - (systemClock.now() - start);
    if (left <= 0 || signal?.aborted) return { kind: "silent" };
    await systemClock.sleep(Math.min(wait, left), signal);
    wait = Math.min(wait * 1.5, 20);
  }
}

/** The next ICMP error in the queue, interpreted (RFC 792, 4443), or null. */
function readReply(libc: Libc, fd: number, family: 4 | 6, ms: number): HopReply | null {
  const message = libc.readErrorQueue(fd);
  if (typeof message === "number") return null;
  // cmsghdr: length u64, level i32, type i32; then sock_extended_err (16 bytes) and the offender's address.
  const { control } = message;
  if (control.length < 32) return null;
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const error = 16;
  const origin = view.getUint8(error + 4);
  const type = view.getUint8(error + 5);
  const code = view.getUint8(error + 6);
  const info = view.getUint32(error + 8, true);
  if (origin === SO_EE_ORIGIN_LOCAL) return { kind: "too-large-here", mtu: info > 0 ? info : null };
  const from = decodeSocketAddress(control, error + 16)?.address;
  if (from === undefined) return null;

  if (family === 4) {
    if (type === 11) return { kind: "time-exceeded", from, ms };
    if (type !== 3) return null;
    if (code === 4) return { kind: "frag-needed", from, mtu: info > 0 ? info : null, ms };
    // RFC 792 and 1812: protocol and port unreachable, the prohibitions, and everything else.
    if (code === 2 || code === 3) return { kind: "arrived", from, ms };
    return { kind: code === 9 || code === 10 || code === 13 ? "prohibited" : "unreachable", from, ms };
  }
  if (type === 3) return { kind: "time-exceeded", from, ms };
  if (type === 2) return { kind: "frag-needed", from, mtu: info > 0 ? info : null, ms };
  if (type !== 1) return null;
  // RFC 4443 §3.1: prohibited, failed policy, reject route.
  if (code === 4) return { kind: "arrived", from, ms };
  return { kind: code === 1 || code === 5 || code === 6 ? "prohibited" : "unreachable", from, ms };
}

function established(libc: Libc, fd: number): boolean {
  const info = Buffer.alloc(8);
  return libc.getBytes(fd, IPPROTO_TCP, TCP_INFO, info) >= 1 && info[0] === TCP_ESTABLISHED;
}

/** `SO_LINGER` of zero: closing then sends RST, and the mail host forgets the connection at once. */
function resetOnClose(libc: Libc, fd: number): void {
  libc.setBytes(fd, SOL_SOCKET, SO_LINGER, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]));
}
