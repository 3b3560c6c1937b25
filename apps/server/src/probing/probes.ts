/** The server's probes: admitted, queued as rows of the store, run a bounded number at a time, cancelled. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProbeRequest, ProbeSummary } from "@mxray/contracts";
import type { ProbeClaim } from "@mxray/store";
import { hasEnded } from "../live-feed.ts";
import { Refusal } from "../refusal.ts";
import type { ProbeVantage } from "../vantages/vantage.ts";
import { HostPace } from "./host-pace.ts";
import type { JobQueue } from "./job-queue.ts";
import { admitProbe, checkProbe, type ProbeAdmissionDeps, type ProbeOrigin, vantageOf } from "./probe-admission.ts";
import { ProbeWork, type ProbeWorkDeps } from "./probe-work.ts";
import { RowJobQueue } from "./row-job-queue.ts";

export interface ProbesDeps extends ProbeAdmissionDeps, Omit<ProbeWorkDeps, "pace"> {
  readonly config: ProbeAdmissionDeps["config"] & { readonly paceMs: number };
}

/** Where a cancelled probe has not been written down by then, the store fails. */
const CANCEL_MS = 5000;

export class Probes {
  readonly #deps: ProbesDeps;
  readonly #work: ProbeWork;
  readonly #queue: JobQueue;

  constructor(deps: ProbesDeps) {
    const { config, store, onError } = deps;
    this.#deps = deps;
    this.#work = new ProbeWork({ ...deps, pace: new HostPace(config.paceMs, store.servers === null ? null : store.chores) });
    this.#queue = new RowJobQueue({
      rows: store.probes,
      alone: store.servers === null,
      elsewhere: () => (store.servers === null ? [] : deps.vantages.elsewhere()),
      places: config.concurrency,
      health: deps.health,
      onLeft: () => deps.consequences.placeLeft(),
      work: (id, signal, place) => this.#work.work(id, signal, place),
      onError,
    });
  }

  /** Takes up what former processes left. */
  async start(): Promise<void> {
    await this.#queue.start();
  }

  /** Stops the probes that run; they wait for the next start. */
  async stop(): Promise<void> {
    this.#work.stop();
    await this.#queue.stop();
  }

  /**
   * Writes a probe down; it runs when its turn comes.
   *
   * @throws Refusal `queue-full`, `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed`, `too-many-deliveries`
   */
  async submit(request: ProbeRequest, origin: Omit<ProbeOrigin, "claim"> = {}): Promise<ProbeSummary> {
    const probe = await admitProbe(this.#deps, request, origin);
    if (probe === null) throw new Error("A probe without a claim was claimed before.");
    return this.#added(probe);
  }

  /**
   * Writes one probe for each vantage of the request down, or none.
   *
   * @param previous the probe of each vantage whose fix its new one checks
   * @returns the probes, in the order of the vantages
   * @throws the same
   */
  async submitTogether(
    request: ProbeRequest & { readonly vantages: readonly string[] },
    { previous = new Map(), act }: { readonly previous?: ReadonlyMap<string, string> } & Pick<ProbeOrigin, "act">,
  ): Promise<ProbeSummary[]> {
    const requests = request.vantages.map((vantage) => ({ ...request, vantage }));
    for (const each of requests) await this.check(each);
    const groupId = crypto.randomUUID();
    const submitted: ProbeSummary[] = [];
    try {
      for (const each of requests) {
        const previousId = previous.get(each.vantage);
        submitted.push(
          await this.submit(each, { groupId, ...(previousId === undefined ? {} : { previousId }), ...(act === undefined ? {} : { act }) }),
        );
      }
      return submitted;
    } catch (error) {
      await Promise.all(submitted.map(({ id }) => this.cancel(id)));
      throw error;
    }
  }

  /** The same, once for each claim: null where it was made before. @throws the same */
  async submitOnce(request: ProbeRequest, claim: ProbeClaim): Promise<ProbeSummary | null> {
    const probe = await admitProbe(this.#deps, request, { claim });
    return probe === null ? null : this.#added(probe);
  }

  /** @throws Refusal `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed` */
  async check(request: ProbeRequest): Promise<void> {
    await checkProbe(this.#deps, request);
  }

  /** Probes that wait for the pace of a host, and hold no place. */
  away(): number {
    return this.#queue.away;
  }

  /** @throws Refusal `no-such-vantage` */
  vantageOf(request: ProbeRequest): ProbeVantage {
    return vantageOf(this.#deps.vantages, request);
  }

  /**
   * Ends a probe early, keeping what it measured; false when it had ended.
   *
   * @throws Refusal `store-unavailable`
   */
  async cancel(id: string): Promise<boolean> {
    const given = new AbortController();
    const late = sleep(CANCEL_MS, "late" as const, { signal: given.signal, ref: false }).catch(() => "late" as const);
    const cancelled = await Promise.race([this.#queue.cancel(id), late]);
    given.abort();
    if (cancelled === "late") {
      throw new Refusal(
        "store-unavailable",
        "The probe ends, but the store cannot be written; its result is kept in memory and written as soon as that is possible.",
      );
    }
    return cancelled || (await this.#work.end(id, { status: "cancelled", result: null, error: null }));
  }

  /** What became of a probe on another server: it may wait for a place here, or have been ended. */
  heard(probe: ProbeSummary): void {
    if (hasEnded(probe)) this.#queue.lost(probe.id);
    else if (probe.status === "queued") this.#queue.added();
  }

  #added(probe: ProbeSummary): ProbeSummary {
    this.#deps.feed.changed(probe);
    this.#queue.added();
    return probe;
  }
}
