/** Follows several logs, each with a worker; tells what is new, and tidies what they leave behind when it is told to. */
import type { LogSource } from "@mxray/contracts";
import { LogClock, machineTimeZone } from "@mxray/maillog";
import type { LogStore, StoredLogSource } from "@mxray/store";
import type { LogFollowing, LogFollowingDeps } from "./log-following.ts";
import { LogWorker } from "./log-worker.ts";

export interface LogWorkersDeps extends LogFollowingDeps {
  readonly store: LogStore;
}

const TELL_MS = 100;

interface Running {
  readonly worker: LogWorker;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  /** Its state as it was told last, as JSON. */
  told: string;
}

export class LogWorkers implements LogFollowing {
  readonly #deps: LogWorkersDeps;
  readonly #running = new Map<number, Running>();
  readonly #clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
  readonly #telling: NodeJS.Timeout;
  #tidied: Promise<void> = Promise.resolve();
  #committed = false;

  constructor(deps: LogWorkersDeps) {
    this.#deps = deps;
    this.#telling = setInterval(() => this.#tell(), TELL_MS).unref();
  }

  follow(source: StoredLogSource): void {
    const { store, onError } = this.#deps;
    const controller = new AbortController();
    const onCommit = () => {
      this.#committed = true;
    };
    const worker = new LogWorker(source, { store, clock: this.#clock, onCommit, onError });
    this.#running.set(source.id, { worker, controller, ended: worker.run(controller.signal), told: "" });
  }

  async leave(id: number): Promise<void> {
    const running = this.#running.get(id);
    running?.controller.abort();
    await running?.ended;
    this.#running.delete(id);
  }

  async tidy(now: number, eventDays: number): Promise<void> {
    this.#tidied = this.#deps.store.tidy(now, eventDays).catch(this.#deps.onError);
    await this.#tidied;
  }

  async stop(): Promise<void> {
    clearInterval(this.#telling);
    await Promise.all([...this.#running.keys()].map((id) => this.leave(id)));
    await this.#tidied;
  }

  #tell(): void {
    const states: LogSource[] = [];
    for (const running of this.#running.values()) {
      const { state } = running.worker;
      const text = JSON.stringify(state);
      if (text === running.told) continue;
      running.told = text;
      states.push(state);
    }
    const committed = this.#committed;
    this.#committed = false;
    if (committed || states.length > 0) this.#deps.onNews({ states, committed });
  }
}
