/** Counters of the kernel that only grow: two looks at them give a rate. */
import type { ProcRoot } from "./proc-root.ts";

export interface KernelTotals {
  /** Milliseconds of the clock at which they were read. */
  readonly at: number;
  /** By name; what this kernel does not have is absent. */
  readonly counters: ReadonlyMap<string, number>;
}

export function kernelTotals(proc: ProcRoot, at: number): KernelTotals {
  const counters = new Map<string, number>();
  for (const resource of ["io", "cpu", "memory"] as const) {
    for (const line of (proc.tryRead(`pressure/${resource}`) ?? "").split("\n")) {
      const match = /^(some|full) .*total=([0-9]+)/.exec(line);
      if (match !== null) counters.set(`psi-${resource}-${match[1]}`, Number(match[2]));
    }
  }
  const cpu = /^cpu +(.*)$/m
    .exec(proc.tryRead("stat") ?? "")?.[1]
    ?.split(/ +/)
    .map(Number);
  if (cpu !== undefined) {
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = cpu;
    counters.set("cpu-busy", user + nice + system + irq + softirq + steal);
    counters.set("cpu-all", user + nice + system + irq + softirq + steal + idle + iowait);
  }
  for (const [file, section] of [
    ["net/netstat", "TcpExt"],
    ["net/snmp", "Tcp"],
  ] as const) {
    for (const [name, value] of pairs(proc.tryRead(file) ?? "", section)) counters.set(`${section}-${name}`, value);
  }
  for (const name of ["pswpin", "pswpout", "oom_kill"]) {
    const value = new RegExp(`^${name} ([0-9]+)$`, "m").exec(proc.tryRead("vmstat") ?? "")?.[1];
    if (value !== undefined) counters.set(name, Number(value));
  }
  return { at, counters };
}

/** Growth of a counter per second; null where one of the two looks lacks it. */
export function rateOf(name: string, before: KernelTotals, after: KernelTotals): number | null {
  const from = before.counters.get(name);
  const to = after.counters.get(name);
  const seconds = (after.at - before.at) / 1000;
  return from === undefined || to === undefined || seconds <= 0 ? null : Math.max(0, to - from) / seconds;
}

/** Growth of one counter as a percentage of that of another. */
export function shareOf(name: string, of: string, before: KernelTotals, after: KernelTotals): number | null {
  const part = rateOf(name, before, after);
  const whole = rateOf(of, before, after);
  return part === null || whole === null ? null : whole === 0 ? 0 : (100 * part) / whole;
}

/** Two lines for each section: names, and values under them. */
function* pairs(text: string, section: string): Generator<[string, number]> {
  const [names, values] = text.split("\n").filter((line) => line.startsWith(`${section}: `));
  const wanted = ["ListenOverflows", "ListenDrops", "RetransSegs", "OutSegs", "TCPTimeWaitOverflow", "TCPMemoryPressures"];
  const keys = names?.split(" ") ?? [];
  const cells = values?.split(" ") ?? [];
  for (const [index, key] of keys.entries()) if (wanted.includes(key)) yield [key, Number(cells[index])];
}
