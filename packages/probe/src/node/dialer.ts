/**
 * Opens TCP connections. On Linux the socket is made by hand so that DF and the MSS are settled before the SYN leaves;
 * Node then adopts it and does the rest. Elsewhere Node's own sockets serve, without facts.
 *
 * DO, not PROBE: for TCP only WANT and DO set DF, and only DO does so whatever `ip_no_pmtu_disc` says.
 */
import { Socket } from "node:net";
import type { Dialer, DialOutcome, DialRequest } from "../ports.ts";
import {
  AF_INET,
  AF_INET6,
  IP_MTU_DISCOVER,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_MTU_DISCOVER,
  type Libc,
  PMTUDISC_DO,
  SO_TXREHASH,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_MAXSEG,
} from "./libc.ts";
import { NodeConnection } from "./node-connection.ts";
import { markOwnSocket } from "./own-socket.ts";

/** @param libc null where the C library cannot be called: connections then have no facts. */
export function nodeDialer(libc: Libc | null): Dialer {
  return {
    dial: async (request) => {
      const outcome = await dial(libc, request);
      if (request.localPort === undefined || outcome.ok || outcome.cause !== "local") return outcome;
      // The earlier connection still holds the port.
      const { localPort: _taken, ...anyPort } = request;
      return await dial(libc, anyPort);
    },
  };
}

async function dial(libc: Libc | null, request: DialRequest): Promise<DialOutcome> {
  if (request.signal?.aborted) return failed("aborted", "The probe was ended.");
  const made = libc === null ? { ok: true as const, socket: new Socket(), fd: null } : makeSocket(libc, request);
  if (!made.ok) return made;
  const { socket, fd } = made;
  socket.setNoDelay(true);

  return await new Promise<DialOutcome>((resolve) => {
    let local: Extract<DialOutcome, { ok: false }>["local"] = null;
    const settle = (outcome: DialOutcome) => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
      socket.removeListener("connect", onConnect);
      if (outcome.ok) {
        resolve(outcome);
        return;
      }
      // A late error of a socket that was given up is nobody's business. Its descriptor is gone when it says so.
      socket.on("error", () => undefined);
      socket.once("close", () => resolve({ ...outcome, local }));
      socket.destroy();
    };
    const onAbort = () => settle(failed("aborted", "The probe was ended."));
    const onError = (error: NodeJS.ErrnoException) => settle(explain(error, request));
    const onConnect = () =>
      settle({ ok: true, connection: new NodeConnection(socket, { libc, fd, family: request.family, clampedMss: request.mss ?? null }) });
    const timer = setTimeout(
      () => settle(failed("timeout", `No answer to our SYN within ${Math.round(request.timeoutMs / 1000)} s.`)),
      request.timeoutMs,
    );
    request.signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("connect", onConnect);
    const { address, port, family, localPort } = request;
    socket.connect({ host: address, port, family, ...(localPort === undefined ? {} : { localPort }) });
    // Node begins to connect a tick later; after a failure it no longer knows what it connected from.
    process.nextTick(() => {
      if (socket.localAddress && socket.localPort) local = { address: socket.localAddress, port: socket.localPort };
    });
  });
}

function makeSocket(libc: Libc, request: DialRequest): { ok: true; socket: Socket; fd: number } | Extract<DialOutcome, { ok: false }> {
  const fd = libc.socket(request.family === 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("local", `This machine could not open a socket (errno ${-fd}).`);
  if (request.family === 4) libc.setInt(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DO);
  else libc.setInt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO);
  // A retransmission must not take another way (IPv6 flow label): what is lost on one would arrive on the other.
  libc.setInt(fd, SOL_SOCKET, SO_TXREHASH, 0);
  markOwnSocket(libc, fd);
  if (request.mss !== undefined) libc.setInt(fd, IPPROTO_TCP, TCP_MAXSEG, request.mss);
  // manualStart: reading may begin only when there is a connection to read from.
  const options = { fd, readable: true, writable: true, manualStart: true };
  return { ok: true, socket: new Socket(options), fd };
}

function explain(error: NodeJS.ErrnoException, request: DialRequest): DialOutcome {
  switch (error.code) {
    case "ECONNREFUSED":
      return failed("refused", `Port ${request.port} of ${request.address} refused the connection.`);
    case "ECONNRESET":
      return failed("reset", `${request.address} reset the connection while it was being made.`);
    case "ETIMEDOUT":
      return failed("timeout", "No answer to our SYN.");
    case "EHOSTUNREACH":
    case "EACCES":
    case "EPERM":
      return failed("unreachable", `A router or firewall says that ${request.address} cannot be reached (${error.code}).`);
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return failed("local", `This machine has no IPv${request.family} route to ${request.address}.`);
    default:
      return failed("local", `This machine could not connect to ${request.address} (${error.code ?? error.message}).`);
  }
}

function failed(cause: Extract<DialOutcome, { ok: false }>["cause"], reason: string): Extract<DialOutcome, { ok: false }> {
  return { ok: false, cause, reason, local: null };
}
