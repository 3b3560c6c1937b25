/**
 * Probes watched targets again and again: rows of the store say when, so a restart loses none. Rounds are ordinary probes, by way
 * of the ordinary queue, without a DATA ladder and without a delivery. They leave half of the places to people, put themselves off
 * where the queue is full or the target is being probed, and come more rarely where a host answers 421 or 554.
 */
import {
  type ProbeRequest,
  type ProbeSummary,
  parseTarget,
  type Watch,
  type WatchList,
  type WatchRequest,
  watchTarget,
} from "@mxray/contracts";
import type { Store, StoredWatch, WatchChange } from "@mxray/store";
import type { Config } from "../config/config.ts";
import { hasEnded, type LiveFeed } from "../live-feed.ts";
import type { ProbeQueue } from "../probing/probe-queue.ts";
import { isUnwelcome } from "../probing/unwelcome.ts";
import { Refusal } from "../refusal.ts";
import { nextRound, plannedRound, roundPutOff, watchInterval } from "./watch-schedule.ts";
import { watchView } from "./watch-view.ts";

const MOST_WATCHES = 1000;
/** Rounds that say nothing new go when they are neither recent nor among the newest. */
const KEPT_ROUNDS = 100;
const KEPT_MS = 7 * 86_400_000;
/** Looks again after this time, should nothing wake it. */
const LONGEST_SLEEP_MS = 60_000;

export interface WatcherDeps {
  readonly config: Pick<Config, "concurrency">;
  /** Milliseconds between two rounds, as configured at the moment. */
  readonly interval: () => number;
  readonly store: Store;
  readonly queue: Pick<ProbeQueue, "submit" | "check" | "vantageOf">;
  readonly feed: LiveFeed;
  readonly onError: (error: unknown) => void;
}

export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #places: number;
  /** Probes of rounds that have not ended. */
  readonly #running = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  /** One thing after another: no round ends before it was written down that it began. */
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
    this.#places = Math.max(1, Math.floor(deps.config.concurrency / 2));
  }

  /** Begins rounds as they come due; hears of their ends until the signal. */
  async start(signal: AbortSignal): Promise<void> {
    const { store, onError } = this.#deps;
    this.#listen(signal).catch(onError);
    await this.#plan(await store.watches.list());
    this.#look();
  }

  /** Begins no further round; when this has returned, the store may close. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#work;
  }

  async list(): Promise<WatchList> {
    const { interval, store } = this.#deps;
    const watches = (await store.watches.list()).map((watch) => watchView(watch, interval()));
    return { watches, everyMinutes: interval() / 60_000 };
  }

  /**
   * Watches a target, from now on; once, however often that is asked for.
   *
   * @throws Refusal `no-such-vantage`, `practice-not-watched`, `invalid-target`, `target-not-allowed`, `port-not-allowed`, `too-many-watches`
   */
  async put(request: WatchRequest): Promise<{ readonly watch: Watch; readonly created: boolean }> {
    const { interval, store, queue } = this.#deps;
    const asked = probeRequestOf(request);
    if (queue.vantageOf(asked).practice) {
      throw new Refusal("practice-not-watched", "The practice lab is not watched: it is made to be broken, and ends with the server.");
    }
    await queue.check(asked);
    const now = stamp(Date.now());
    const put = await store.watches.put({ target: asked.target, request: asked, createdAt: now, dueAt: now }, MOST_WATCHES);
    if (put === null) throw new Refusal("too-many-watches", `${MOST_WATCHES} targets are watched already; end the watch of another first.`);
    if (put.created) this.#look();
    const watch = await this.#tell(put.id);
    if (watch === null) throw new Error("A watch ended while it was made.");
    return { watch: watchView(watch, interval()), created: put.created };
  }

  /** Begins no further round; false when there is no such watch. */
  async end(id: string): Promise<boolean> {
    const ended = await this.#deps.store.watches.end(id);
    if (ended) await this.#tell(id);
    return ended;
  }

  /** Brings rounds nearer that were missed, or are further off than the interval is long. */
  async #plan(watches: readonly StoredWatch[]): Promise<void> {
    const { interval, store } = this.#deps;
    const now = Date.now();
    for (const { id, dueAt, refusals } of watches) {
      const planned = plannedRound(Date.parse(dueAt), now, watchInterval(interval(), refusals), Math.random());
      await store.watches.change(id, { dueAt: stamp(planned) });
    }
  }

  /** The interval may be another one. */
  #planAnew(): void {
    this.#do(async () => {
      const waiting = (await this.#deps.store.watches.list()).filter(({ dueAt }) => Date.parse(dueAt) > Date.now());
      await this.#plan(waiting);
      for (const { id } of waiting) await this.#tell(id);
    });
    this.#look();
  }

  /** Looks for due rounds, after whatever is being done. */
  #look(): void {
    this.#do(async () => {
      const { store } = this.#deps;
      const due = await store.watches.due(stamp(Date.now()), this.#places - this.#running.size);
      for (const watch of due) if (!this.#stopped) await this.#begin(watch);
      const next = await store.watches.nextDueAt();
      // Where no place is free, a round that ends makes it look again.
      const wait = next === null || this.#running.size >= this.#places ? LONGEST_SLEEP_MS : Date.parse(next) - Date.now();
      this.#sleep(Math.max(0, Math.min(wait, LONGEST_SLEEP_MS)));
    });
  }

  #do(work: () => Promise<void>): void {
    const guarded = async () => {
      try {
        if (!this.#stopped) await work();
      } catch (error) {
        this.#deps.onError(error);
        this.#sleep(LONGEST_SLEEP_MS);
      }
    };
    this.#work = this.#work.then(guarded);
  }

  #sleep(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), ms);
  }

  async #begin(watch: StoredWatch): Promise<void> {
    const change = await this.#submit(watch);
    await this.#deps.store.watches.change(watch.id, change);
    await this.#tell(watch.id);
  }

  async #submit({ id, request, refusals, probing }: StoredWatch): Promise<WatchChange> {
    const { interval, queue, onError } = this.#deps;
    const later = stamp(nextRound(Date.now(), watchInterval(interval(), refusals), Math.random()));
    const soon = stamp(roundPutOff(Date.now(), interval(), Math.random()));
    if (probing) return { dueAt: soon };
    try {
      this.#running.add((await queue.submit(request, { watchId: id })).id);
      return { dueAt: later, trouble: null };
    } catch (error) {
      if (!(error instanceof Refusal)) onError(error);
      const trouble = error instanceof Refusal ? error.message : "mxray failed to begin the round; the server's log has the details.";
      return { dueAt: error instanceof Refusal && error.code === "queue-full" ? soon : later, trouble };
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for await (const event of this.#deps.feed.changes(signal)) {
      if (event.type === "settings") this.#planAnew();
      if (event.type !== "probe") continue;
      const { probe } = event;
      const { watchId } = probe;
      if (watchId === null || !hasEnded(probe)) continue;
      this.#do(async () => {
        this.#running.delete(probe.id);
        await this.#note(watchId, probe);
      });
      this.#look();
    }
  }

  /** What a round that ended means for its watch. */
  async #note(id: string, { id: probeId, status, verdict, finishedAt }: ProbeSummary): Promise<void> {
    const { interval, store } = this.#deps;
    const watch = await store.watches.get(id);
    if (watch === null) return;
    if (status !== "cancelled") {
      const at = finishedAt ?? stamp(Date.now());
      const observation = (await store.probes.get(probeId))?.observation ?? null;
      const refusals = observation !== null && isUnwelcome(observation) ? watch.refusals + 1 : 0;
      const code = verdict?.code ?? null;
      await store.watches.change(id, {
        code,
        sinceAt: watch.code === code ? (watch.sinceAt ?? at) : at,
        refusals,
        dueAt: stamp(nextRound(Date.parse(at), watchInterval(interval(), refusals), Math.random())),
      });
      await store.watches.tidy(id, { keep: KEPT_ROUNDS, before: stamp(Date.now() - KEPT_MS) });
    }
    await this.#tell(id);
  }

  async #tell(id: string): Promise<StoredWatch | null> {
    const { interval, store, feed } = this.#deps;
    const watch = await store.watches.get(id);
    feed.tell({ type: "watch", id, watch: watch === null ? null : watchView(watch, interval()) });
    return watch;
  }
}

/** @throws Refusal `invalid-target` */
function probeRequestOf({ target: typed, noMx, ...options }: WatchRequest): ProbeRequest {
  const target = watchTarget({ target: typed, ...(noMx === undefined ? {} : { noMx }) });
  if (target !== null) return { ...options, target, dataLadder: false };
  const parsed = parseTarget(typed, { mailAddress: true });
  throw new Refusal("invalid-target", parsed.ok ? `${typed} cannot be watched.` : parsed.message);
}

function stamp(time: number): string {
  return new Date(time).toISOString();
}
