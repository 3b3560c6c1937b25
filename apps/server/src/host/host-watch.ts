/**
 * The health of a machine: this server samples its own each ten seconds, an agent brings samples of its machine. The last hour is kept in
 * memory, findings about the machine in the store. After a restart an open finding stays open until enough was sampled to judge it.
 */
import type { HostHealth, HostSample } from "@mxray/contracts";
import { HOST_CODES, type HostCode, judgeHost } from "@mxray/diagnosis";
import type { Store } from "@mxray/store";
import type { LiveFeed } from "../live-feed.ts";
import type { WorkHealth } from "../work-health.ts";

export interface HostWatchDeps {
  /** The agent whose machine it is; null for this server's own. */
  readonly agent: string | null;
  /** Of this server's machine; null where nothing is sampled, or an agent brings samples. */
  readonly sample: (() => HostSample) | null;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  /** Called when findings changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 10_000;
/** One hour. */
const MOST_SAMPLES = 360;
/** What the judgement looks at: a little more than five minutes. */
const JUDGED = 32;
/** Findings that do not change are written this often, for their time and numbers. */
const REPEATED_MS = 60_000;
const HISTORY_EACH = 3;
const HISTORY_GAUGES = [
  ...["psiIoSome", "psiMemorySome", "psiCpuSome", "cpuBusy", "memory"],
  ...["queueMaildrop", "queueIncoming", "queueActive", "queueDeferred"],
] as const;

export class HostWatch {
  readonly #deps: HostWatchDeps;
  readonly #samples: HostSample[] = [];
  #timer: NodeJS.Timeout | null = null;
  #doing: Promise<void> = Promise.resolve();
  /** What may be open in the store: at first anything. */
  #open: ReadonlySet<HostCode> = new Set(HOST_CODES);
  #written = { codes: "", at: Number.NEGATIVE_INFINITY };

  constructor(deps: HostWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#deps.sample === null) return;
    const look = () => {
      this.#doing = this.#doing.then(() => this.look());
    };
    this.#timer = setInterval(look, EVERY_MS).unref();
    look();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#doing;
  }

  /** Takes one sample and judges it with those before. Does not throw. */
  async look(): Promise<void> {
    const { sample } = this.#deps;
    if (sample !== null) await this.take(sample);
  }

  /** Judges one sample with those before. Does not throw. */
  async take(sample: () => HostSample): Promise<void> {
    const { health, onError } = this.#deps;
    try {
      this.#samples.push(sample());
      if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
      await this.#judge();
      health.succeeded("host");
    } catch (error) {
      onError(error);
      health.failed("host", error);
    }
  }

  async #judge(): Promise<void> {
    const { agent, store, feed, onChange } = this.#deps;
    const { findings, ended } = judgeHost(this.#samples.slice(-JUDGED), this.#open, agent);
    const codes = findings.map(({ code }) => code).join(" ");
    const isNews = codes !== this.#written.codes || ended.length > 0;
    if (!isNews && (findings.length === 0 || performance.now() - this.#written.at < REPEATED_MS)) return;
    const at = this.#samples.at(-1)?.at ?? new Date().toISOString();
    const changed = await store.findings.recordHost({ agent, at, findings, ended });
    this.#written = { codes, at: performance.now() };
    const shown = HOST_CODES.filter((code) => findings.some((finding) => finding.code === code));
    this.#open = new Set([...[...this.#open].filter((code) => !ended.includes(code)), ...shown]);
    if (!changed) return;
    feed.tell({ type: "findings" });
    if (isNews) onChange();
  }

  newest(): HostSample | null {
    return this.#samples.at(-1) ?? null;
  }

  view(): HostHealth {
    const rows = this.#samples.filter((_, index) => (this.#samples.length - 1 - index) % HISTORY_EACH === 0);
    return {
      sample: this.newest(),
      history: rows.map(({ at, gauges }) => ({
        at,
        values: Object.fromEntries(
          HISTORY_GAUGES.flatMap((name): [string, number][] => {
            const value = gauges[name]?.value ?? null;
            return value === null ? [] : [[name, value]];
          }),
        ),
      })),
    };
  }
}
