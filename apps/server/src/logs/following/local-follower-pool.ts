/** Follows several logs in this thread, each with a `LogFollower`; reports what is new, and deletes old counts and lines on order. */
import { type FollowState, LogClock, LogFollower, machineTimeZone } from "@mxray/maillog";
import type { LogStore, StoredLogSource } from "@mxray/store";
import type { FollowerPool, FollowerPoolDeps } from "./follower-pool.ts";
import { LogEventCounts } from "./log-event-counts.ts";
import { storeSink } from "./store-sink.ts";

export interface LocalFollowerPoolDeps extends FollowerPoolDeps {
  readonly store: LogStore;
  /** Where logs must be that the page names. */
  readonly logFolders: readonly string[];
}

const TELL_MS = 100;

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class LocalFollowerPool implements FollowerPool {
  readonly #deps: LocalFollowerPoolDeps;
  readonly #running = new Map<number, Running>();
  readonly #clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
  readonly #telling: NodeJS.Timeout;
  /** States since the last news, by source. */
  readonly #states = new Map<number, FollowState>();
  #tidied: Promise<void> = Promise.resolve();
  #committed = false;
  readonly #events = new LogEventCounts();

  constructor(deps: LocalFollowerPoolDeps) {
    this.#deps = deps;
    this.#telling = setInterval(() => this.#tell(), TELL_MS).unref();
  }

  follow(source: StoredLogSource): void {
    const controller = new AbortController();
    this.#running.set(source.id, { controller, ended: this.#run(source, controller.signal).catch(this.#deps.onError) });
  }

  async leave(id: number): Promise<void> {
    const running = this.#running.get(id);
    running?.controller.abort();
    await running?.ended;
    this.#running.delete(id);
    this.#states.delete(id);
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

  async #run(source: StoredLogSource, signal: AbortSignal): Promise<void> {
    const { store, logFolders, onError } = this.#deps;
    const sink = storeSink(source, {
      store,
      onCommit: (batch) => {
        this.#committed = true;
        this.#events.add(batch);
      },
      onState: (state) => this.#states.set(source.id, state),
    });
    const memories = await store.memories(source.id);
    await new LogFollower(
      { ...source, memories, folders: source.origin === "page" ? logFolders : null },
      { sink, clock: this.#clock, onError },
    ).run(signal);
  }

  #tell(): void {
    const states = [...this.#states].map(([id, state]) => ({ id, ...state }));
    const committed = this.#committed;
    this.#states.clear();
    this.#committed = false;
    if (committed || states.length > 0) this.#deps.onNews({ states, committed, events: this.#events.take() });
  }
}
