/**
 * Frames of all interfaces, by a packet socket (packet(7)): TCP from or to the given ports, and ICMP errors. A classic BPF
 * program in the kernel drops everything else. Needs root or CAP_NET_RAW.
 *
 * The ten bytes in front of each frame (`struct virtio_net_hdr`) tell the real segment size where the kernel handles several
 * segments as one frame.
 */
import type { Frame } from "../capture/captured-packet.ts";
import { KEPT_BYTES, packetFilter } from "../capture/packet-filter.ts";
import { type FrameSource, ProbeCapture } from "../capture/probe-capture.ts";
import { ERRNO, type Libc, type LibcResult, loadLibc, SOCK_CLOEXEC, SOCK_NONBLOCK, SOL_SOCKET } from "./libc.ts";

export type CaptureResult = { readonly ok: true; readonly capture: ProbeCapture } | { readonly ok: false; readonly reason: string };

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL = 0x0003;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_TIMESTAMPNS = 35;
const SOL_PACKET = 263;
const PACKET_STATISTICS = 6;
const PACKET_VNET_HDR = 15;
const PACKET_OUTGOING = 4;
const VNET_HEADER = 10;
/** Hardware types of linux/if_arp.h whose frames begin with an Ethernet header. */
const ETHERNET_LIKE: readonly number[] = [1, 772];
const BUFFER_BYTES = 16 * 1024 * 1024;

/** @param ports of the mail hosts, 1 to 65535 */
export function openCapture(ports: readonly number[], result: LibcResult = loadLibc()): CaptureResult {
  if (!result.ok) return { ok: false, reason: result.reason };
  const { libc } = result;
  const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd === -ERRNO.EPERM)
    return {
      ok: false,
      reason:
        "This user may not capture packets. Run mxray as root, or give it CAP_NET_RAW (setpriv --inh-caps=+net_raw --ambient-caps=+net_raw mxray …).",
    };
  if (fd < 0) return { ok: false, reason: `This machine could not open a packet socket (errno ${-fd}).` };
  if (libc.setInt(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES) < 0) libc.setInt(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
  const failed = [
    // Before it is bound, so that no other frame ever gets in.
    libc.attachFilter(fd, packetFilter(ports)),
    libc.setInt(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1),
    libc.setInt(fd, SOL_PACKET, PACKET_VNET_HDR, 1),
    libc.bind(fd, allInterfaces()),
  ].find((code) => code < 0);
  if (failed !== undefined) {
    libc.close(fd);
    return { ok: false, reason: `This machine's packet socket could not be set up (errno ${-failed}).` };
  }
  return { ok: true, capture: new ProbeCapture(packetSource(libc, fd)) };
}

function packetSource(libc: Libc, fd: number): FrameSource {
  return {
    read() {
      while (true) {
        const message = libc.receive(fd, VNET_HEADER + KEPT_BYTES);
        if (typeof message === "number") return null;
        const frame = frameOf(message);
        if (frame !== null) return frame;
      }
    },
    dropped() {
      const statistics = Buffer.alloc(8);
      return libc.getBytes(fd, SOL_PACKET, PACKET_STATISTICS, statistics) < 0 ? 0 : statistics.readUInt32LE(4);
    },
    close: () => void libc.close(fd),
  };
}

function frameOf({ data, control, name }: { data: Uint8Array; control: Uint8Array; name: Uint8Array }): Frame | null {
  const link = Buffer.from(name.buffer, name.byteOffset, name.byteLength);
  const header = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const stamp = Buffer.from(control.buffer, control.byteOffset, control.byteLength);
  // cmsghdr (16 bytes: length, level, type), then `struct timespec`.
  if (header.length <= VNET_HEADER || stamp.length < 32 || stamp.readInt32LE(12) !== SO_TIMESTAMPNS) return null;
  const bytes = data.subarray(VNET_HEADER + linkHeaderBytes(link.readUInt16LE(8), data.subarray(VNET_HEADER)));
  return {
    at: [Number(stamp.readBigInt64LE(16)), Number(stamp.readBigInt64LE(24))],
    bytes,
    segmentSize: header.readUInt16LE(4),
    outgoing: link.readUInt8(10) === PACKET_OUTGOING,
    interfaceIndex: link.readInt32LE(4),
  };
}

function linkHeaderBytes(hardware: number, frame: Uint8Array): number {
  if (!ETHERNET_LIKE.includes(hardware)) return 0;
  return frame[12] === 0x81 && frame[13] === 0x00 ? 18 : 14;
}

/** `struct sockaddr_ll` (20 bytes) with interface 0: all of them. */
function allInterfaces(): Uint8Array {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_ALL, 2);
  return address;
}
