/**
 * Looks at the machine that mxray runs on (Linux): what each resource is used to, against its limit. Load is judged by
 * pressure (how long tasks waited), not by load average or iowait: a machine that does nothing but sync to disk may show no
 * iowait at all.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { HostGauge, HostSample } from "@mxray/contracts";
import { type KernelTotals, kernelTotals, rateOf, shareOf } from "./kernel-totals.ts";
import { mailProcessFiles } from "./mail-processes.ts";
import { mailQueueGauges } from "./mail-queue.ts";
import { gauge, missing, ProcRoot } from "./proc-root.ts";
import { sparing } from "./sparing.ts";

export interface HostSamplerOptions {
  /** Where /proc is. */
  readonly proc?: string;
  /** The mail queue's directory; without it that of Postfix, where there is one. */
  readonly queue?: string;
  /** Reads that take long are repeated less often, so that a sample each ten seconds takes below 0.5 % of a core. */
  readonly sparing?: boolean;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

const POSTFIX_SPOOL = "/var/spool/postfix";
/** Microseconds of pressure in a second, as a percentage. */
const US_TO_PERCENT = 1 / 10_000;
const PERCENT = 100;
const FIRST_LOOK = "A rate needs two looks; this was the first.";

export class HostSampler {
  readonly #proc: ProcRoot;
  readonly #queueGauges: () => Record<string, HostGauge>;
  readonly #mailFiles: () => HostGauge;
  readonly #now: () => number;
  #before: KernelTotals | null = null;

  constructor({ proc, queue, sparing: spares = false, now = () => performance.now() }: HostSamplerOptions = {}) {
    this.#proc = new ProcRoot(proc);
    this.#now = now;
    const spool = queue ?? (existsSync(POSTFIX_SPOOL) ? POSTFIX_SPOOL : null);
    const queueGauges = () => mailQueueGauges(spool);
    const mailFiles = () => mailProcessFiles(this.#proc);
    this.#queueGauges = spares ? sparing(now, queueGauges) : queueGauges;
    this.#mailFiles = spares ? sparing(now, mailFiles) : mailFiles;
  }

  /** Rates are those since the last look. */
  sample(): HostSample {
    const after = kernelTotals(this.#proc, this.#now());
    const gauges = { ...this.#rates(this.#before, after), ...levels(this.#proc), mailOpenFiles: this.#mailFiles(), ...this.#queueGauges() };
    this.#before = after;
    return { at: new Date().toISOString(), gauges };
  }

  #rates(before: KernelTotals | null, after: KernelTotals): Record<string, HostGauge> {
    const names = [
      ["psiIoSome", "psi-io-some"],
      ["psiIoFull", "psi-io-full"],
      ["psiCpuSome", "psi-cpu-some"],
      ["psiMemorySome", "psi-memory-some"],
      ["psiMemoryFull", "psi-memory-full"],
    ] as const;
    const pressure = names.map(([name, counter]): [string, HostGauge] => {
      if (!after.counters.has(counter)) return [name, missing("This kernel does not measure pressure; boot it with psi=1.")];
      const rate = before === null ? null : rateOf(counter, before, after);
      return [name, rate === null ? missing(FIRST_LOOK) : gauge(rate * US_TO_PERCENT, PERCENT)];
    });
    const rate = (value: number | null, limit: number | null = null) => (before === null ? missing(FIRST_LOOK) : gauge(value, limit));
    return {
      ...Object.fromEntries(pressure),
      cpuBusy: rate(before && shareOf("cpu-busy", "cpu-all", before, after), PERCENT),
      listenOverflows: rate(before && rateOf("TcpExt-ListenOverflows", before, after)),
      listenDrops: rate(before && rateOf("TcpExt-ListenDrops", before, after)),
      tcpRetransmitted: rate(before && shareOf("Tcp-RetransSegs", "Tcp-OutSegs", before, after), PERCENT),
      swappedIn: rate(before && rateOf("pswpin", before, after)),
    };
  }
}

/** The readings as plain numbers, with `…Limit` for what has one other than 100 %. */
export function flatReadings({ gauges }: HostSample): Record<string, number> {
  return Object.fromEntries(
    Object.entries(gauges).flatMap(([name, { value, limit }]): [string, number][] => {
      if (value === null) return [];
      return limit === null
        ? [[name, value]]
        : [
            [name, value],
            [`${name}Limit`, limit],
          ];
    }),
  );
}

function levels(proc: ProcRoot): Record<string, HostGauge> {
  const stat = proc.tryRead("stat") ?? "";
  const statNumber = (name: string) => {
    const text = new RegExp(`^${name} ([0-9]+)$`, "m").exec(stat)?.[1];
    return text === undefined ? null : Number(text);
  };
  const [openFiles = null, , openFilesLimit = null] = (proc.tryRead("sys/fs/file-nr") ?? "").split(/\s+/).filter(Boolean).map(Number);
  const tasks = /\/([0-9]+) /.exec(proc.tryRead("loadavg") ?? "")?.[1];
  const [firstPort, lastPort] = (proc.tryRead("sys/net/ipv4/ip_local_port_range") ?? "").trim().split(/\s+/).map(Number);
  const sockets = proc.tryRead("net/sockstat") ?? "";
  const socketNumber = (name: string) => {
    const text = new RegExp(`\\b${name} ([0-9]+)`).exec(sockets)?.[1];
    return text === undefined ? null : Number(text);
  };
  const inUse = socketNumber("inuse");
  const memory = proc.tryRead("meminfo") ?? "";
  const kilobytes = (name: string) => {
    const text = new RegExp(`^${name}: +([0-9]+) kB`, "m").exec(memory)?.[1];
    return text === undefined ? null : Number(text);
  };
  const total = kilobytes("MemTotal");
  const available = kilobytes("MemAvailable");
  const taskLimits = [proc.number("sys/kernel/pid_max"), proc.number("sys/kernel/threads-max")].filter((limit) => limit !== null);
  const conntrack = proc.number("sys/net/netfilter/nf_conntrack_count");
  return {
    running: gauge(statNumber("procs_running"), availableParallelism()),
    blocked: gauge(statNumber("procs_blocked")),
    openFiles: gauge(openFiles, openFilesLimit),
    processes: gauge(tasks === undefined ? null : Number(tasks), taskLimits.length === 0 ? null : Math.min(...taskLimits)),
    sockets: gauge(socketNumber("used")),
    localPorts: gauge(
      inUse === null ? null : inUse + (socketNumber("tw") ?? 0),
      firstPort === undefined || lastPort === undefined || Number.isNaN(lastPort) ? null : lastPort - firstPort + 1,
    ),
    conntrack:
      conntrack === null
        ? missing("This machine does not track connections, or only root may see it.")
        : gauge(conntrack, proc.number("sys/net/netfilter/nf_conntrack_max")),
    memory: gauge(total === null || available === null ? null : (100 * (total - available)) / total, PERCENT),
  };
}
