/** All followed logs: starts and ends their workers, tells how they stand, and has findings made of what they bring. */
import type { LogSource } from "@mxray/contracts";
import { LogClock, machineTimeZone } from "@mxray/maillog";
import type { Store, StoredLogSource } from "@mxray/store";
import type { Config } from "../config.ts";
import type { LiveFeed } from "../probing/live-feed.ts";
import type { LogFindings } from "./log-findings.ts";
import { canonicalLocation } from "./log-location.ts";
import { LogWorker } from "./log-worker.ts";

export interface LogDeskDeps {
  readonly config: Config;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly findings: LogFindings;
  readonly onError: (error: unknown) => void;
}

const TELL_MS = 1000;

export class LogDesk {
  readonly #deps: LogDeskDeps;
  readonly #running = new Map<
    number,
    { readonly worker: LogWorker; readonly controller: AbortController; readonly ended: Promise<void> }
  >();
  readonly #clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
  readonly #changed = new Set<number>();
  #telling: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(deps: LogDeskDeps) {
    this.#deps = deps;
  }

  /** Takes up what a former process left, and what the environment names. */
  async start(): Promise<void> {
    const { config, store } = this.#deps;
    const named = config.logs.map(canonicalLocation);
    for (const { id, location, origin } of await store.logs.sources()) {
      if (origin === "environment" && !named.includes(location)) await store.logs.removeSource(id);
    }
    for (const location of named) await store.logs.addSource(location, "environment", new Date().toISOString());
    for (const source of await store.logs.sources()) this.#follow(source);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#telling !== null) clearTimeout(this.#telling);
    for (const { controller } of this.#running.values()) controller.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await this.#deps.findings.stop();
  }

  sources(): LogSource[] {
    return [...this.#running.values()].map(({ worker }) => worker.state);
  }

  /** Null when it is followed already. */
  async add(location: string): Promise<LogSource | null> {
    const source = await this.#deps.store.logs.addSource(canonicalLocation(location), "page", new Date().toISOString());
    if (source === null) return null;
    return this.#follow(source).state;
  }

  /** False when there is none. */
  async remove(id: number): Promise<boolean> {
    const running = this.#running.get(id);
    running?.controller.abort();
    await running?.ended;
    this.#running.delete(id);
    return await this.#deps.store.logs.removeSource(id);
  }

  #follow(source: StoredLogSource): LogWorker {
    const { store, findings, onError } = this.#deps;
    const controller = new AbortController();
    const worker = new LogWorker(source, {
      store: store.logs,
      clock: this.#clock,
      onCommit: () => {
        findings.touched();
        this.#tell(source.id);
      },
      onState: () => this.#tell(source.id),
      onError,
    });
    this.#running.set(source.id, { worker, controller, ended: worker.run(controller.signal) });
    return worker;
  }

  /** At most once a second, whatever happens. */
  #tell(id: number): void {
    this.#changed.add(id);
    if (this.#stopped) return;
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      const { feed } = this.#deps;
      for (const changed of this.#changed) {
        const running = this.#running.get(changed);
        if (running !== undefined) feed.tell({ type: "log-source", source: running.worker.state });
      }
      this.#changed.clear();
      feed.tell({ type: "logs", findings: false });
    }, TELL_MS).unref();
  }
}
