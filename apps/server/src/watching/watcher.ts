/**
 * Probes watched targets again and again: rows of the store say when, so that neither a restart nor a second process misses or
 * repeats a round. Rounds are ordinary probes, by way of the ordinary queue, without a DATA ladder and without a delivery. They
 * leave half of the places to people, put themselves off where the queue is full or the target is being probed, and come more
 * rarely where a host answers 421 or 554.
 */
import {
  LOCAL_VANTAGE,
  type ProbeRequest,
  type ProbeSummary,
  parseTarget,
  type Watch,
  type WatchList,
  type WatchRequest,
  watchTarget,
} from "@mxray/contracts";
import type { Act, Store, StoredWatch, WatchChange } from "@mxray/store";
import type { Config } from "../config/config.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { RoundEnd, RoundResult } from "../probing/probe-work.ts";
import type { Probes } from "../probing/probes.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { WorkHealth } from "../work-health.ts";
import { maintenanceEnd } from "./maintenance.ts";
import { watchRoundEnd } from "./watch-round.ts";
import { nextRound, plannedRound, roundPutOff, watchInterval } from "./watch-schedule.ts";
import { watchView } from "./watch-view.ts";

/** Rounds that say nothing new go when they are neither recent nor among the newest. */
const KEPT_ROUNDS = 100;
const KEPT_MS = 7 * 86_400_000;
/** Looks again after this time, should nothing wake it. */
const LONGEST_SLEEP_MS = 60_000;
const CLOCK_STEP_MS = 1000;
const MINUTE_MS = 60_000;

export interface WatcherDeps {
  readonly config: Pick<Config, "concurrency">;
  /** Milliseconds between two rounds, as configured at the moment. */
  readonly interval: () => number;
  /** Targets that may be watched at the moment. */
  readonly most: () => number;
  /** Milliseconds of a minute, for tests that cannot wait for one: of own intervals, and to the round that confirms a change. */
  readonly minuteMs?: number;
  readonly store: Store;
  readonly probes: Pick<Probes, "submitOnce" | "check" | "vantageOf" | "away">;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  readonly onError: (error: unknown) => void;
}

export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #places: number;
  #timer: NodeJS.Timeout | null = null;
  /** One thing after another. */
  #work: Promise<void> = Promise.resolve();
  /** It will look for due rounds, after what it does now. */
  #looks = false;
  /** The clock and the time since the process began, at the last look: they part where somebody sets the clock. */
  #looked = { clock: Date.now(), running: performance.now() };
  #stopped = false;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
    this.#places = Math.max(1, Math.floor(deps.config.concurrency / 2));
  }

  /** Begins rounds as they come due. */
  async start(): Promise<void> {
    await this.#plan(await this.#deps.store.watches.list());
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
    const watches = (await store.watches.list()).map((watch) => this.#view(watch));
    return { watches, everyMinutes: interval() / 60_000 };
  }

  /**
   * Watches a target from one vantage, from now on; once, however often that is asked for.
   *
   * @throws Refusal `no-such-vantage`, `practice-not-watched`, `invalid-target`, `target-not-allowed`, `port-not-allowed`, `too-many-watches`, `not-found` where it was ended
   *   in the same moment
   */
  async put(request: WatchRequest, act?: Act): Promise<{ readonly watch: Watch; readonly created: boolean }> {
    const { store, probes } = this.#deps;
    const { everyMinutes, tags, paused, ...repeated } = request;
    const asked = probeRequestOf(repeated);
    // Settings alone leave how it is probed as it is, and are taken while its vantage is away.
    const { target: _target, vantage: from = LOCAL_VANTAGE, ...options } = repeated;
    const before =
      Object.keys(options).length > 0
        ? undefined
        : (await store.watches.list()).find(({ target, vantage }) => target === asked.target && vantage === from);
    if (before === undefined) {
      if (probes.vantageOf(asked).practice) {
        throw new Refusal("practice-not-watched", "The practice lab is not watched: it is made to be broken, and ends with the server.");
      }
      await probes.check(asked);
    }
    const now = stamp(Date.now());
    const settings = {
      ...(everyMinutes === undefined ? {} : { everyMinutes }),
      ...(tags === undefined ? {} : { tags }),
      ...(paused === undefined ? {} : { paused }),
    };
    const most = this.#deps.most();
    const put = await store.watches.put(
      { target: asked.target, request: before?.request ?? asked, createdAt: now, dueAt: now, settings },
      most,
      act,
    );
    if (put === null) {
      throw new Refusal(
        "too-many-watches",
        `${most} targets are watched already. End the watch of another first, or raise the limit in the settings.`,
      );
    }
    const watch = await this.#replanned(put.id);
    this.#look();
    // Somebody else ended it in the same moment.
    if (watch === null) throw notFound("watch");
    return { watch: this.#view(watch), created: put.created };
  }

  /** Begins no further round; false when there is no such watch. */
  async end(id: string, act?: Act): Promise<boolean> {
    const ended = await this.#deps.store.watches.end(id, act);
    if (ended) await this.#tell(id);
    return ended;
  }

  /** What is recorded of a round, and what changes at its watch; null when the watch has ended. */
  async roundEnd(id: string, round: RoundResult): Promise<RoundEnd | null> {
    const { minuteMs: confirmMs = MINUTE_MS, store } = this.#deps;
    const watch = await store.watches.get(id);
    if (watch === null) return null;
    return watchRoundEnd(watch, round, { intervalMs: this.#intervalOf(watch), confirmMs, chance: Math.random() });
  }

  /** A probe ended, and a place with it. */
  ended({ watchId }: ProbeSummary): void {
    if (watchId !== null) {
      this.#do(async () => {
        await this.#deps.store.watches.tidy(watchId, { keep: KEPT_ROUNDS, before: stamp(Date.now() - KEPT_MS) });
        await this.#tell(watchId);
      });
    }
    this.#look();
  }

  /** A probe waits for the pace of a host, and another could run. */
  placeLeft(): void {
    this.#look();
  }

  /** Intervals, or the watches themselves, are others. */
  changed(): void {
    this.#do(() => this.#replan());
    this.#look();
  }

  /** Brings rounds nearer that were missed, or are further off than the interval is long. */
  async #plan(watches: readonly StoredWatch[]): Promise<void> {
    const now = Date.now();
    for (const watch of watches) {
      const interval = watchInterval(this.#intervalOf(watch), watch.refusals);
      const planned = plannedRound(Date.parse(watch.dueAt), now, interval, Math.random());
      if (planned !== Date.parse(watch.dueAt)) await this.#deps.store.watches.change(watch.id, { dueAt: stamp(planned) });
    }
  }

  /** After its settings were changed: an own interval may be shorter. */
  async #replanned(id: string): Promise<StoredWatch | null> {
    const watch = await this.#deps.store.watches.get(id);
    if (watch !== null && Date.parse(watch.dueAt) > Date.now()) await this.#plan([watch]);
    return await this.#tell(id);
  }

  #intervalOf({ everyMinutes }: Pick<StoredWatch, "everyMinutes">): number {
    const { interval, minuteMs = MINUTE_MS } = this.#deps;
    return everyMinutes === null ? interval() : everyMinutes * minuteMs;
  }

  #view(watch: StoredWatch): Watch {
    return watchView(watch, this.#intervalOf(watch));
  }

  async #replan(): Promise<void> {
    const waiting = (await this.#deps.store.watches.list()).filter(({ dueAt }) => Date.parse(dueAt) > Date.now());
    await this.#plan(waiting);
    for (const { id } of waiting) await this.#tell(id);
  }

  /** Looks for due rounds, after whatever is being done. */
  #look(): void {
    if (this.#looks) return;
    this.#looks = true;
    this.#do(async () => {
      this.#looks = false;
      const { store, probes } = this.#deps;
      if (this.#wasSetBack()) await this.#replan();
      // Those that wait for the pace of a host are in nobody's way.
      const places = Math.max(0, this.#places + probes.away() - (await store.watches.underWay()));
      const due = await store.watches.due(stamp(Date.now()), places);
      for (const watch of due) if (!this.#stopped) await this.#begin(watch);
      const next = await store.watches.nextDueAt();
      // Where no place is free, a round that ends makes it look again.
      const wait = next === null || due.length >= places ? LONGEST_SLEEP_MS : Date.parse(next) - Date.now();
      this.#sleep(Math.max(0, Math.min(wait, LONGEST_SLEEP_MS)));
    });
  }

  /** Whether the clock was set back since the last look: then rounds would seem far away. */
  #wasSetBack(): boolean {
    const { clock, running } = this.#looked;
    this.#looked = { clock: Date.now(), running: performance.now() };
    return this.#looked.clock - clock < this.#looked.running - running - CLOCK_STEP_MS;
  }

  #do(work: () => Promise<void>): void {
    const guarded = async () => {
      try {
        if (this.#stopped) return;
        await work();
        this.#deps.health.succeeded("watches");
      } catch (error) {
        this.#deps.onError(error);
        this.#deps.health.failed("watches", error);
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
    const change = (await this.#inMaintenance(watch)) ?? (await this.#submit(watch));
    if (change !== null) await this.#deps.store.watches.change(watch.id, change);
    await this.#tell(watch.id);
  }

  /** Its round waits for the end of a maintenance window; null outside all. */
  async #inMaintenance(watch: StoredWatch): Promise<WatchChange | null> {
    const end = maintenanceEnd(await this.#deps.store.maintenance.list(), watch, Date.now());
    return end === null ? null : { dueAt: stamp(end), trouble: `In maintenance: the next round begins at ${stamp(end)}.` };
  }

  /** Begins a round; gives what changes at a watch whose round could not begin, null where it has begun. */
  async #submit(watch: StoredWatch): Promise<WatchChange | null> {
    const { probes, onError } = this.#deps;
    const { id, request, refusals, probing, dueAt } = watch;
    const interval = this.#intervalOf(watch);
    const later = stamp(nextRound(Date.now(), watchInterval(interval, refusals), Math.random()));
    const soon = stamp(roundPutOff(Date.now(), interval, Math.random()));
    if (probing) return { dueAt: soon };
    try {
      await probes.submitOnce(request, { kind: "round", watchId: id, dueAt, nextDueAt: later });
      return null;
    } catch (error) {
      if (!(error instanceof Refusal)) onError(error);
      const trouble = error instanceof Refusal ? error.message : "mxray failed to begin the round; the server's log has the details.";
      return { dueAt: error instanceof Refusal && error.code === "queue-full" ? soon : later, trouble };
    }
  }

  async #tell(id: string): Promise<StoredWatch | null> {
    const { store, feed } = this.#deps;
    const watch = await store.watches.get(id);
    feed.tell({ type: "watch", id, watch: watch === null ? null : this.#view(watch) });
    return watch;
  }
}

/** @throws Refusal `invalid-target` */
function probeRequestOf({ target: typed, noMx, ...options }: Omit<WatchRequest, "everyMinutes" | "tags" | "paused">): ProbeRequest {
  const target = watchTarget({ target: typed, ...(noMx === undefined ? {} : { noMx }) });
  if (target !== null) return { ...options, target, dataLadder: false };
  const parsed = parseTarget(typed, { mailAddress: true });
  throw new Refusal("invalid-target", parsed.ok ? `${typed} cannot be watched.` : parsed.message);
}

function stamp(time: number): string {
  return new Date(time).toISOString();
}
