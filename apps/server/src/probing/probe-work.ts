/** What the server does for each probe that has its turn: runs it, and writes down its end with all that follows from it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProbeSummary } from "@mxray/contracts";
import { type ProbeOutcome, type Store, StoreError, type StoreTrouble } from "@mxray/store";
import { hasEnded, type LiveFeed } from "../live-feed.ts";
import { VantageError } from "../vantages/vantage.ts";
import type { WorkHealth } from "../work-health.ts";
import { claimDelivery, interruptedDelivery } from "./delivery-test.ts";
import { type CheckedFindings, checkedByProbe } from "./fixed-by-probe.ts";
import { type JobPlace, jobEnd, OWN_PLACE } from "./job-queue.ts";
import { lastingFindings } from "./lasting-findings.ts";
import { type ProbeResult, type ProbeRunDeps, runProbe } from "./probe-run.ts";
import { isUnwelcome } from "./unwelcome.ts";

/** What a round of a watch measured. */
export interface RoundResult extends Pick<ProbeOutcome, "observation" | "verdict" | "finishedAt" | "findings">, CheckedFindings {}

/** What is recorded of it. */
export interface RoundEnd
  extends Pick<RoundResult, "findings" | "gone">,
    Required<Pick<ProbeOutcome, "watch" | "settlesAt">>,
    Pick<ProbeOutcome, "round"> {}

/** What others have to do with the end of a probe. */
export interface ProbeConsequences {
  /** What is recorded of a round, and what changes at its watch, written with the end itself; null when there is no such watch. */
  roundEnd(watchId: string, round: RoundResult): Promise<RoundEnd | null>;
  /** Called when the end is written. Whoever it tells must also notice without it: this process may end before. */
  ended(probe: ProbeSummary): void;
  /** Called when a probe waits for the pace of a host, and another could run. */
  placeLeft(): void;
}

export interface ProbeWorkDeps extends ProbeRunDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly consequences: ProbeConsequences;
  readonly health: WorkHealth;
  /** Told of a bug, and of a store that fails. */
  readonly onError: (error: unknown) => void;
}

export interface ProbeEnd extends Pick<ProbeOutcome, "status" | "error"> {
  /** Null when nothing was measured. */
  readonly result: ProbeResult | null;
}

/** Between two attempts to write a result down. */
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 10_000;
const PASSING: readonly StoreTrouble[] = ["locked", "full", "forbidden", "ended", "unreachable", "io"];
const UNCHECKED: CheckedFindings = { standing: [], gone: [] };
const BUG = "The probe stopped because of an error in mxray; the server's log has the details.";

export class ProbeWork {
  readonly #deps: ProbeWorkDeps;
  readonly #stopping = new AbortController();
  /** Rounds of each watch since the start: later ones search the addresses that earlier ones left out. */
  readonly #rounds = new Map<string, number>();
  /** Results that are kept in memory. */
  readonly #unwritten = new Set<string>();

  constructor(deps: ProbeWorkDeps) {
    this.#deps = deps;
  }

  /** The work of a job queue. A result that cannot be written, for want of room, say, is kept in memory until it can. */
  async work(id: string, signal: AbortSignal, place: JobPlace = OWN_PLACE): Promise<void> {
    const end = await this.#run(id, signal, place).catch((error: unknown) => this.#failed(error));
    if (end !== null) await this.#keepWriting(id, end);
  }

  /** A result that still cannot be written is given up. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Writes the end of a probe down; false when it had ended before. */
  async end(id: string, { status, result: measured, error }: ProbeEnd): Promise<boolean> {
    const { store, feed, consequences } = this.#deps;
    const observation = measured?.observation ?? null;
    const verdict = measured?.verdict ?? null;
    const finishedAt = new Date().toISOString();
    const probe = await store.probes.get(id);
    // What a cancelled probe did not get to see is no finding that lasts.
    const ran = status === "done" && measured !== null && probe !== null;
    const findings = ran ? await lastingFindings(store, probe, measured.observation, measured.findings) : [];
    const checked = observation === null || probe === null ? UNCHECKED : await checkedByProbe(store, probe, observation);
    const watchId = probe?.summary.watchId ?? null;
    const result = { observation, verdict, finishedAt, findings, ...checked };
    const round = watchId === null || status === "cancelled" ? null : await consequences.roundEnd(watchId, result);
    const { gone, ...rest } = round ?? { findings, gone: checked.gone };
    const previousId = gone.find((one) => one.probeId !== null)?.probeId ?? null;
    const outcome: ProbeOutcome = {
      ...{ status, finishedAt, observation, verdict, error, ...rest },
      fixed: gone.map(({ id: of, address }) => ({ id: of, address })),
      ...(previousId === null ? {} : { previousId }),
      unwelcome: observation !== null && isUnwelcome(observation),
    };
    const finished = await store.probes.finish(id, outcome);
    const summary = (await store.probes.get(id))?.summary;
    if (summary !== undefined && hasEnded(summary)) feed.changed(summary);
    if (!finished || summary === undefined) return finished;
    if (outcome.fixed.length > 0 || outcome.findings.some(({ severity }) => severity !== "info")) feed.tell({ type: "findings" });
    consequences.ended(summary);
    return true;
  }

  /** Null where there is no end to write: the probe is gone, another process has it, or it waits for the next start. */
  async #run(id: string, signal: AbortSignal, place: JobPlace): Promise<ProbeEnd | null> {
    const { store, feed } = this.#deps;
    const stored = await store.probes.get(id);
    if (stored === null) return null;
    feed.changed(stored.summary);
    const interrupted = await this.#interruptedDelivery(id, null);
    if (interrupted !== null) return interrupted;
    const result = await runProbe(this.#deps, stored.request, {
      signal,
      place,
      ...this.#roundOf(stored.summary.watchId),
      onEvent: (event) => feed.happened(id, event),
      admitDelivery: (messageIds) => claimDelivery(this.#deps, id, stored.request.deliverTo ?? "", messageIds),
    });
    switch (jobEnd(signal)) {
      case null:
        return { status: "done", result, error: null };
      case "cancelled":
        return { status: "cancelled", result, error: null };
      case "stopped":
        return await this.#interruptedDelivery(id, result);
      case "lost":
        return null;
    }
  }

  #roundOf(watchId: string | null): { round?: number } {
    if (watchId === null) return {};
    const round = this.#rounds.get(watchId) ?? 0;
    this.#rounds.set(watchId, round + 1);
    return { round };
  }

  /** What has begun to deliver is not run again: its end, or null where that is not so. */
  async #interruptedDelivery(id: string, result: ProbeResult | null): Promise<ProbeEnd | null> {
    const delivery = await this.#deps.store.deliveries.ofProbe(id);
    return delivery === null ? null : { status: "failed", result, error: interruptedDelivery(delivery) };
  }

  #failed(error: unknown): ProbeEnd {
    const isTold = error instanceof VantageError;
    if (!isTold) this.#deps.onError(error);
    return { status: "failed", result: null, error: isTold ? error.message : BUG };
  }

  async #keepWriting(id: string, end: ProbeEnd): Promise<void> {
    const { health } = this.#deps;
    const unwritten = this.#unwritten;
    let next = end;
    for (let pause = LEAST_PAUSE_MS; ; pause = Math.min(2 * pause, MOST_PAUSE_MS)) {
      try {
        await this.end(id, next);
        if (unwritten.delete(id) && unwritten.size === 0) health.succeeded("probe-results");
        return;
      } catch (error) {
        if (pause === LEAST_PAUSE_MS) this.#deps.onError(error);
        unwritten.add(id);
        health.failed("probe-results", error);
        if (this.#stopping.signal.aborted) throw error;
        if (!passes(error)) next = { status: "failed", result: null, error: BUG };
        await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}

/** What the operator can remedy while the server runs; all else is a bug, and a result that cannot be written never will be. */
function passes(error: unknown): boolean {
  return error instanceof StoreError && PASSING.includes(error.trouble);
}
