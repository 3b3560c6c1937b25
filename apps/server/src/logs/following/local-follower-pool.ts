/** Follows several logs in this thread, each with a `LogFollower`; reports what is new, and deletes old counts and lines on order. */
import type { LogSource } from "@mxray/contracts";
import { LogClock, machineTimeZone } from "@mxray/maillog";
import type { LogStore, StoredLogSource } from "@mxray/store";
import type { FollowerPool, FollowerPoolDeps } from "./follower-pool.ts";
import { LogFollower } from "./log-follower.ts";

export interface LocalFollowerPoolDeps extends FollowerPoolDeps {
  readonly store: LogStore;
}

const TELL_MS = 100;

interface Running {
  readonly follower: LogFollower;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  /** Its state as it was told last, as JSON. */
  told: string;
}

export class LocalFollowerPool implements FollowerPool {
  readonly #deps: LocalFollowerPoolDeps;
  readonly #running = new Map<number, Running>();
  readonly #clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
  readonly #telling: NodeJS.Timeout;
  #tidied: Promise<void> = Promise.resolve();
  #committed = false;

  constructor(deps: LocalFollowerPoolDeps) {
    this.#deps = deps;
    this.#telling = setInterval(() => this.#tell(), TELL_MS).unref();
  }

  follow(source: StoredLogSource): void {
    const { store, onError } = this.#deps;
    const controller = new AbortController();
    const onCommit = () => {
      this.#committed = true;
    };
    const follower = new LogFollower(source, { store, clock: this.#clock, onCommit, onError });
    this.#running.set(source.id, { follower, controller, ended: follower.run(controller.signal), told: "" });
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
      const { state } = running.follower;
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
