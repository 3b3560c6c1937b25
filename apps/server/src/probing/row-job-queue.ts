/**
 * The embedded job queue: jobs are rows, taken by whoever has a free place. Each process is an owner with a lease that it renews
 * while it works, so that a second process neither repeats what runs nor misses what a dead one left.
 */
import type { ProbeStore } from "@mxray/store";
import type { WorkHealth } from "../work-health.ts";
import { JobPlaces } from "./job-places.ts";
import type { JobEnd, JobQueue, JobWork } from "./job-queue.ts";

export interface RowJobQueueDeps {
  readonly rows: Pick<ProbeStore, "waiting" | "start" | "renew" | "release">;
  /** No other process works at these rows. */
  readonly alone: boolean;
  /** Vantages whose jobs only another process can work at, at the moment; default none. */
  readonly elsewhere?: () => readonly string[];
  /** Jobs at a time. */
  readonly places: number;
  readonly work: JobWork;
  /** Called when a job leaves its place to another. */
  readonly onLeft?: () => void;
  readonly health: WorkHealth;
  readonly onError: (error: unknown) => void;
}

const LEASE_MS = 60_000;
/** Looks for jobs of other processes, and renews the lease. */
const LOOK_MS = 10_000;
/** For so long a job waits for the process that can do it. */
const ELSEWHERE_MS = 600_000;
/** After a look that the store did not answer. */
const RETRY_MS = 1000;

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class RowJobQueue implements JobQueue {
  readonly #deps: RowJobQueueDeps;
  readonly #owner = crypto.randomUUID();
  readonly #running = new Map<string, Running>();
  readonly #places: JobPlaces;
  #timer: NodeJS.Timeout | null = null;
  /** One look after another, so that no place is given twice. */
  #looking: Promise<void> = Promise.resolve();
  #renewedAt = 0;
  #stopped = true;

  constructor(deps: RowJobQueueDeps) {
    this.#deps = deps;
    this.#places = new JobPlaces(deps.places, { onFree: () => this.added(), onLeft: () => deps.onLeft?.() });
  }

  async start(): Promise<void> {
    this.#stopped = false;
    if (this.#deps.alone) await this.#deps.rows.release(null);
    this.added();
    await this.#looking;
  }

  added(): void {
    this.#looking = this.#looking.then(() => this.#look());
  }

  lost(id: string): void {
    this.#end(id, "lost");
  }

  get away(): number {
    return this.#running.size - (this.#deps.places - this.#places.free);
  }

  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id);
    if (running === undefined) return false;
    this.#end(id, "cancelled");
    await running.ended;
    return true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const id of this.#running.keys()) this.#end(id, "stopped");
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await this.#deps.rows.release(this.#owner).catch(this.#deps.onError);
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#renew();
      await this.#fill();
      this.#deps.health.succeeded("probes");
      this.#lookIn(LOOK_MS);
    } catch (error) {
      this.#deps.onError(error);
      this.#deps.health.failed("probes", error);
      this.#lookIn(RETRY_MS);
    }
  }

  #lookIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.added(), ms).unref();
  }

  /** Begins as many jobs as there are free places; one that another process begins in the same moment is its job. */
  async #fill(): Promise<void> {
    const { rows } = this.#deps;
    while (!this.#stopped && this.#places.free > 0) {
      const now = Date.now();
      const at = new Date(now).toISOString();
      const lease = this.#lease(now);
      const ids = await rows.waiting({ owner: lease.owner, at, limit: this.#places.free, ...this.#elsewhere(now) });
      if (ids.length === 0) return;
      for (const id of ids) if (await rows.start(id, at, lease)) this.#begin(id);
    }
  }

  /** What nobody takes who could is taken here after a while, and ends with the reason. */
  #elsewhere(now: number) {
    return { elsewhere: this.#deps.elsewhere?.() ?? [], elsewhereSince: new Date(now - ELSEWHERE_MS).toISOString() };
  }

  /** What this process no longer owns was ended elsewhere, or is worked at by another. */
  async #renew(): Promise<void> {
    if (this.#running.size === 0 || performance.now() - this.#renewedAt < LOOK_MS / 2) return;
    const before = [...this.#running.keys()];
    const held = await this.#deps.rows.renew(this.#lease(Date.now()));
    this.#renewedAt = performance.now();
    for (const id of before) if (!held.includes(id)) this.#end(id, "lost");
  }

  #begin(id: string): void {
    const controller = new AbortController();
    const place = this.#places.take(controller.signal);
    const ended = this.#deps
      .work(id, controller.signal, place)
      .catch(this.#deps.onError)
      .finally(() => {
        this.#running.delete(id);
        place.end();
      });
    this.#running.set(id, { controller, ended });
  }

  #end(id: string, why: JobEnd): void {
    this.#running.get(id)?.controller.abort(why);
  }

  #lease(now: number): { readonly owner: string; readonly until: string } {
    return { owner: this.#owner, until: new Date(now + LEASE_MS).toISOString() };
  }
}
