/** This machine's part of the path: its interfaces' MTU and the kernel settings that hide or mend a black hole. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { LocalHost } from "../ports.ts";
import type { LibcResult } from "./libc.ts";

/** For so long a value that was read is as good as a new one: many probes at once ask for the same few. */
const FRESH_MS = 1000;

export function nodeLocalHost(libc: LibcResult): LocalHost {
  const mtus = new Map<string, { at: number; value: number | null }>();
  const settings: typeof mtus = new Map();
  return {
    kernelMissing: libc.ok ? null : libc.reason,
    interfaceMtu: (localAddress) => remembered(mtus, localAddress, () => readMtu(libc, localAddress)),
    sysctl: (name) => remembered(settings, name, () => readSetting(name)),
  };
}

function readMtu(libc: LibcResult, localAddress: string): number | null {
  if (!libc.ok) return null;
  // By ioctl, not from /sys: /sys shows the network namespace it was mounted in.
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (!addresses?.some(({ address }) => address === localAddress)) continue;
    const mtu = libc.libc.interfaceMtu(name);
    return mtu > 0 ? mtu : null;
  }
  return null;
}

function readSetting(name: string): number | null {
  try {
    const value = Number.parseInt(readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8"), 10);
    return Number.isNaN(value) ? null : value;
  } catch {
    return null;
  }
}

/** Its keys are addresses and settings of this machine, so it stays small. */
function remembered(known: Map<string, { at: number; value: number | null }>, key: string, read: () => number | null): number | null {
  const last = known.get(key);
  if (last !== undefined && performance.now() - last.at < FRESH_MS) return last.value;
  const value = read();
  known.set(key, { at: performance.now(), value });
  return value;
}
