/** What a probe from this machine can see, found out by trying: no packet is sent. */
import { networkInterfaces } from "node:os";
import type { VantageAbilities } from "@mxray/contracts";
import { AF_INET, IP_RECVERR, IPPROTO_IP, type Libc, type LibcResult, loadLibc, SOCK_DGRAM, SOCK_STREAM } from "./libc.ts";
import { nodeLocalHost } from "./local-host.ts";
import { readTcpInfo } from "./tcp-info.ts";

/** Looks anew at each call; the C library is looked up once. */
export function localAbilities(result: LibcResult = loadLibc()): () => VantageAbilities {
  const localHost = nodeLocalHost(result);
  return () => ({
    platform: `${process.platform} ${process.arch}`,
    kernelMissing: localHost.kernelMissing,
    tcpInfo: result.ok && withSocket(result.libc, SOCK_STREAM, (fd) => readTcpInfo(result.libc, fd) !== null),
    icmpErrors: result.ok && withSocket(result.libc, SOCK_DGRAM, (fd) => result.libc.setInt(fd, IPPROTO_IP, IP_RECVERR, 1) >= 0),
    tcpMtuProbing: localHost.sysctl("tcp_mtu_probing"),
    interfaces: Object.entries(networkInterfaces()).flatMap(([name, addresses]) => {
      const mtu = localHost.interfaceMtu(addresses?.[0]?.address ?? "");
      return mtu === null ? [] : [{ name, mtu }];
    }),
  });
}

function withSocket(libc: Libc, type: number, ask: (fd: number) => boolean): boolean {
  const fd = libc.socket(AF_INET, type, 0);
  if (fd < 0) return false;
  try {
    return ask(fd);
  } finally {
    libc.close(fd);
  }
}
