/**
 * The few C library calls below Node's API, by FFI: socket options that must be set before connecting, TCP_INFO, the
 * error queue, an interface's MTU. Linux only; everywhere else `loadLibc` says why not and the probe does without.
 *
 * Constants and layouts: linux/tcp.h, linux/in.h, linux/in6.h, linux/errqueue.h, linux/sockios.h (x86-64 and arm64 agree).
 */
import { createRequire } from "node:module";

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

export const SOL_SOCKET = 1;
export const SO_PRIORITY = 12;
export const SO_LINGER = 13;
const SO_ATTACH_FILTER = 26;
/** Linux 5.17; older kernels refuse it. */
export const SO_TXREHASH = 74;

export const IPPROTO_IP = 0;
export const IPPROTO_TCP = 6;
export const IPPROTO_IPV6 = 41;

export const TCP_MAXSEG = 2;
export const TCP_INFO = 11;

export const IP_TTL = 2;
export const IP_MTU_DISCOVER = 10;
export const IP_RECVERR = 11;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_MTU_DISCOVER = 23;
export const IPV6_RECVERR = 25;

/** Never set DF. */
export const PMTUDISC_DONT = 0;
/** Always set DF and obey what the path MTU cache says. */
export const PMTUDISC_DO = 2;
/** Set DF (on UDP) and ignore the cache: any size up to the interface's MTU may be sent. */
export const PMTUDISC_PROBE = 3;

const MSG_DONTWAIT = 0x40;
const MSG_ERRQUEUE = 0x2000;
const MSG_NOSIGNAL = 0x4000;
const SIOCGIFMTU = 0x8921;
/** `struct sock_fprog`. */
const FILTER_STRUCT_BYTES = 16;

export const ERRNO = {
  EPERM: 1,
  EAGAIN: 11,
  EMSGSIZE: 90,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

interface Message {
  readonly data: Uint8Array;
  readonly control: Uint8Array;
  readonly name: Uint8Array;
}

/** Every call returns its result, or `-errno` where C returns -1. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  close(fd: number): number;
  setInt(fd: number, level: number, name: number, value: number): number;
  setBytes(fd: number, level: number, name: number, value: Uint8Array): number;
  getInt(fd: number, level: number, name: number): number;
  /** Fills `buffer`; returns the length that the kernel gave. */
  getBytes(fd: number, level: number, name: number, buffer: Uint8Array): number;
  connect(fd: number, address: Uint8Array): number;
  send(fd: number, data: Uint8Array): number;
  sendTo(fd: number, data: Uint8Array, address: Uint8Array): number;
  /** Drops what the classic BPF program (eight bytes for each instruction) does not take. */
  attachFilter(fd: number, program: Uint8Array): number;
  bind(fd: number, address: Uint8Array): number;
  /** One message, cut to `length` bytes, with its ancillary data and where it came from; `-errno` when there is none. */
  receive(fd: number, length: number): Message | number;
  /** One message of the error queue: its ancillary data and the address it was meant for; `-errno` when there is none. */
  readErrorQueue(fd: number): Message | number;
  interfaceMtu(name: string): number;
}

export type LibcResult = { readonly ok: true; readonly libc: Libc } | { readonly ok: false; readonly reason: string };

type Foreign = (...args: unknown[]) => number;
interface Koffi {
  load(path: string | null): {
    func(prototype: string): Foreign;
    func(name: string, result: string, parameters: readonly unknown[]): Foreign;
  };
  errno(): number;
  struct(definition: Record<string, unknown>): unknown;
  pointer(type: unknown): unknown;
  inout(type: unknown): unknown;
}

export function loadLibc(): LibcResult {
  if (process.platform !== "linux") {
    return { ok: false, reason: `The kernel's view of each segment is read on Linux only; this is ${process.platform}.` };
  }
  if (process.arch !== "x64" && process.arch !== "arm64") {
    return { ok: false, reason: `The layout of the kernel's facts is known for x64 and arm64; this is ${process.arch}.` };
  }
  try {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    return { ok: true, libc: bind(koffi) };
  } catch (error) {
    return {
      ok: false,
      reason: `The FFI library could not be loaded: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
    };
  }
}

function bind(koffi: Koffi): Libc {
  // Anonymous: named types are global to the process, and a second binding would collide.
  const iovec = koffi.struct({ base: "uint8_t *", length: "size_t" });
  const msghdr = koffi.struct({
    name: "uint8_t *",
    namelen: "uint32_t",
    iov: koffi.pointer(iovec),
    iovlen: "size_t",
    control: "uint8_t *",
    controllen: "size_t",
    flags: "int",
  });
  const c = koffi.load(null);
  const socket = c.func("int socket(int domain, int type, int protocol)");
  const close = c.func("int close(int fd)");
  const setsockopt = c.func("int setsockopt(int fd, int level, int name, _In_ const uint8_t *value, uint32_t length)");
  const getsockopt = c.func("int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)");
  const filter = koffi.struct({ length: "uint16_t", program: "uint8_t *" });
  const setFilter = c.func("setsockopt", "int", ["int", "int", "int", koffi.pointer(filter), "uint32_t"]);
  const bindTo = c.func("int bind(int fd, _In_ const uint8_t *address, uint32_t length)");
  const connect = c.func("int connect(int fd, _In_ const uint8_t *address, uint32_t length)");
  const sendto = c.func(
    "int64_t sendto(int fd, _In_ const uint8_t *data, size_t length, int flags, _In_ const uint8_t *address, uint32_t addrlen)",
  );
  const send = c.func("int64_t send(int fd, _In_ const uint8_t *data, size_t length, int flags)");
  const recvmsg = c.func("recvmsg", "int64_t", ["int", koffi.inout(koffi.pointer(msghdr)), "int"]);
  const ioctl = c.func("int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)");

  const orErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);
  const int = Buffer.alloc(4);

  const receive = (fd: number, length: number, flags: number): Message | number => {
    const name = Buffer.alloc(28);
    const control = Buffer.alloc(512);
    const data = Buffer.alloc(length);
    const iov = [{ base: data, length }];
    const message = { name, namelen: name.length, iov, iovlen: 1, control, controllen: control.length, flags: 0 };
    const result = orErrno(Number(recvmsg(fd, message, flags)));
    if (result < 0) return result;
    return { data: data.subarray(0, result), control: control.subarray(0, Math.min(control.length, Number(message.controllen))), name };
  };

  const libc: Libc = {
    socket: (domain, type, protocol) => orErrno(socket(domain, type, protocol)),
    close: (fd) => orErrno(close(fd)),
    setInt(fd, level, name, value) {
      int.writeInt32LE(value);
      return orErrno(setsockopt(fd, level, name, int, 4));
    },
    setBytes: (fd, level, name, value) => orErrno(setsockopt(fd, level, name, value, value.length)),
    getInt(fd, level, name) {
      const result = orErrno(getsockopt(fd, level, name, int, [4]));
      return result < 0 ? result : int.readInt32LE(0);
    },
    getBytes(fd, level, name, buffer) {
      const length = [buffer.length];
      const result = orErrno(getsockopt(fd, level, name, buffer, length));
      return result < 0 ? result : (length[0] ?? 0);
    },
    connect: (fd, address) => orErrno(connect(fd, address, address.length)),
    send: (fd, data) => orErrno(Number(send(fd, data, data.length, MSG_NOSIGNAL | MSG_DONTWAIT))),
    sendTo: (fd, data, address) => orErrno(sendto(fd, data, data.length, 0, address, address.length)),
    attachFilter: (fd, program) =>
      orErrno(setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, { length: program.length / 8, program }, FILTER_STRUCT_BYTES)),
    bind: (fd, address) => orErrno(bindTo(fd, address, address.length)),
    receive: (fd, length) => receive(fd, length, MSG_DONTWAIT),
    readErrorQueue: (fd) => receive(fd, 64, MSG_ERRQUEUE),
    interfaceMtu(name) {
      const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (fd < 0) return fd;
      const request = Buffer.alloc(40);
      request.write(name.slice(0, 15), "latin1");
      const result = orErrno(ioctl(fd, SIOCGIFMTU, request));
      libc.close(fd);
      return result < 0 ? result : request.readInt32LE(16);
    },
  };
  return libc;
}
