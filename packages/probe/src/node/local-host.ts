/** This machine's part of the path: its interfaces' MTU and the kernel settings that hide or mend a black hole. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { LocalHost } from "../ports.ts";
import type { LibcResult } from "./libc.ts";

export function nodeLocalHost(libc: LibcResult): LocalHost {
  return {
    kernelMissing: libc.ok ? null : libc.reason,
    interfaceMtu(localAddress) {
      if (!libc.ok) return null;
      // By ioctl, not from /sys: /sys shows the network namespace it was mounted in.
      for (const [name, addresses] of Object.entries(networkInterfaces())) {
        if (!addresses?.some(({ address }) => address === localAddress)) continue;
        const mtu = libc.libc.interfaceMtu(name);
        return mtu > 0 ? mtu : null;
      }
      return null;
    },
    sysctl(name) {
      try {
        const value = Number.parseInt(readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8"), 10);
        return Number.isNaN(value) ? null : value;
      } catch {
        return null;
      }
    },
  };
}
