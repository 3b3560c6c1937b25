/**
 * The C library calls that a relayed link needs: entering a network namespace, attaching to a TUN device, waiting for
 * packets. The only file of the lab that uses koffi: Node has no ioctl, setns or poll of its own.
 *
 * Linux only. Constants: linux/if_tun.h, linux/sched.h, asm-generic/poll.h (x86-64 and arm64 agree).
 */
import { closeSync, constants, openSync } from "node:fs";
import koffi from "koffi";

const CLONE_NEWNET = 0x40000000;
const TUNSETIFF = 0x400454ca;
/** Whole IP packets, without a header of the driver's own. */
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
const IFREQ_BYTES = 40;
const POLLFD_BYTES = 8;
const POLLIN = 0x001;
const POLL_BROKEN = 0x008 | 0x010 | 0x020;
const LARGEST_PACKET = 65_535;

export interface TunCalls {
  /** Attaches to a TUN device that exists in the namespace at this path. @returns its descriptor, non-blocking */
  attach(namespacePath: string, device: string): number;
  /** The next packet, or null when none is waiting. @throws Error when the device is gone */
  read(fd: number): Uint8Array | null;
  /** False when the kernel does not take it (its queue is full, the device is down). */
  write(fd: number, packet: Uint8Array): boolean;
  /** Waits until one of the descriptors can be read, at most `ms` milliseconds (null: for ever). @returns those that can */
  wait(fds: readonly number[], ms: number | null): readonly number[];
}

export function tunCalls(): TunCalls {
  const libc = koffi.load("libc.so.6");
  const setns = libc.func("int setns(int fd, int type)");
  const ioctl = libc.func("int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)");
  const read = libc.func("long read(int fd, _Out_ uint8_t *buffer, unsigned long length)");
  const write = libc.func("long write(int fd, uint8_t *buffer, unsigned long length)");
  const ppoll = libc.func("int ppoll(_Inout_ uint8_t *fds, unsigned long count, uint8_t *timeout, void *mask)");
  const incoming = new Uint8Array(LARGEST_PACKET);

  return {
    attach(namespacePath, device) {
      const namespace = openSync(namespacePath, constants.O_RDONLY);
      const entered = setns(namespace, CLONE_NEWNET);
      closeSync(namespace);
      if (entered !== 0) throw new Error(`setns ${namespacePath}: errno ${koffi.errno()}`);
      const fd = openSync("/dev/net/tun", constants.O_RDWR | constants.O_NONBLOCK);
      const request = Buffer.alloc(IFREQ_BYTES);
      request.write(device, 0, 15, "latin1");
      request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16);
      if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`TUNSETIFF ${device}: errno ${koffi.errno()}`);
      return fd;
    },
    read(fd) {
      const length = Number(read(fd, incoming, incoming.length));
      if (length > 0) return incoming.slice(0, length);
      if (length < 0 && koffi.errno() === koffi.os.errno.EAGAIN) return null;
      throw new Error(`read: errno ${koffi.errno()}`);
    },
    write: (fd, packet) => Number(write(fd, packet, packet.length)) === packet.length,
    wait(fds, ms) {
      const polled = Buffer.alloc(fds.length * POLLFD_BYTES);
      for (const [index, fd] of fds.entries()) {
        polled.writeInt32LE(fd, index * POLLFD_BYTES);
        polled.writeInt16LE(POLLIN, index * POLLFD_BYTES + 4);
      }
      ppoll(polled, fds.length, ms === null ? null : timespec(ms), null);
      return fds.filter((_, index) => (polled.readInt16LE(index * POLLFD_BYTES + 6) & (POLLIN | POLL_BROKEN)) !== 0);
    },
  };
}

function timespec(ms: number): Buffer {
  const bytes = Buffer.alloc(16);
  const seconds = Math.floor(ms / 1000);
  bytes.writeBigInt64LE(BigInt(seconds), 0);
  bytes.writeBigInt64LE(BigInt(Math.round((ms - seconds * 1000) * 1e6)), 8);
  return bytes;
}
