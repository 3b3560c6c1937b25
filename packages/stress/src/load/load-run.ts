/**
 * A run of the generator: hands out messages as they fall due, to connections that are free, and counts how they end. It
 * stops early where the target says so (421, 554), where most messages fail, or where too many wait.
 */
import { performance as clock, createHistogram } from "node:perf_hooks";
import type { StressOutcome, StressRun, StressSecond, StressStop } from "@mxray/contracts";
import { arrivals } from "./arrivals.ts";
import { LatencyRecorder } from "./latency-recorder.ts";
import { type LoadPlan, MOST_SECONDS } from "./load-plan.ts";
import { messageSource } from "./message-source.ts";
import { type Job, SmtpWorker } from "./smtp-worker.ts";

/** Messages that may wait for a free connection. */
const MOST_WAITING = 100_000;
/** Of the last hundred messages, so many may fail. */
const MOST_FAILED = 50;
const FAILED_OF = 100;
const MOST_ANSWERS = 20;
const USUALLY = 0.9;
/** How often waits are looked at, ms. */
const SWEEP_MS = 100;
/** Time for messages that are under way when a run stops, ms. */
const STOP_GRACE_MS = 5000;

export interface LoadResult extends Pick<StressRun, "counts" | "rate" | "latencyMs" | "stagesMs" | "answers" | "series" | "stopped"> {
  readonly seconds: number;
  /** Percentile and milliseconds from the due time. */
  readonly curve: readonly [number, number][];
  readonly generator: {
    /** How late messages left although a connection was free, ms. */
    readonly lateP99Ms: number;
    /** Share of the time in which the event loop was busy. */
    readonly busy: number;
  };
  /** Connections past their greeting at one time, at most for nine tenths of the time in which any were. */
  readonly servedMostly: number;
  readonly mostConnected: number;
}

export interface LoadHooks {
  readonly onSecond?: (second: StressSecond) => void;
  /** Stops the run; what was measured is kept. */
  readonly signal?: AbortSignal;
}

export async function runLoad(plan: LoadPlan, hooks: LoadHooks = {}): Promise<LoadResult> {
  return await new LoadRun(plan, hooks).result();
}

type Counts = Record<StressOutcome, number>;
const noCounts = (): Counts => ({ accepted: 0, deferred: 0, rejected: 0, reset: 0, timedOut: 0 });

class LoadRun {
  readonly #plan: LoadPlan;
  readonly #hooks: LoadHooks;
  readonly #workers: SmtpWorker[] = [];
  /** Free ones, the last used on top: an open connection is used before a new one is made. */
  readonly #free: SmtpWorker[] = [];
  readonly #isFree = new Set<SmtpWorker>();
  readonly #latency = new LatencyRecorder();
  readonly #late = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  readonly #counts = noCounts();
  readonly #answers = new Map<string, number>();
  readonly #series: StressSecond[] = [];
  readonly #arrivals: Generator<number, void>;
  readonly #recent: boolean[] = [];
  #failed = 0;
  /** When what is under way is cut. */
  #cutAt = Number.POSITIVE_INFINITY;
  #second = noCounts();
  #secondDue = 0;
  /** Due times (ms after the start) of messages that wait, from `#head` on. */
  readonly #waiting: number[] = [];
  #head = 0;
  #next: number | null = null;
  #index = 0;
  #inFlight = 0;
  #connected = 0;
  #served = 0;
  #servedSince = 0;
  /** How long so many connections at one time were past their greeting. */
  readonly #servedMs: number[] = [];
  #mostConnected = 0;
  #startedAt = 0;
  #lastEndAt = 0;
  #stopped: { why: StressStop; text: string } | null = null;
  #finish: () => void = () => {};

  constructor(plan: LoadPlan, hooks: LoadHooks) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#arrivals = arrivals(plan.options);
    const source = messageSource(plan.options, plan.about);
    for (let index = 0; index < plan.options.sessions; index++) {
      const worker = new SmtpWorker(plan, source, {
        stage: (stage, ms) => this.#latency.stage(stage, ms),
        refusal: (code, text) => this.#refusal(code, text),
        ended: (ended, job, outcome) => this.#ended(ended, job, outcome),
        connected: (by) => {
          this.#connected += by;
          this.#mostConnected = Math.max(this.#mostConnected, this.#connected);
        },
        served: (by) => {
          const now = performance.now();
          this.#servedMs[this.#served] = (this.#servedMs[this.#served] ?? 0) + now - this.#servedSince;
          this.#servedSince = now;
          this.#served += by;
        },
        closed: (closed) => this.#release(closed),
      });
      this.#workers.push(worker);
      this.#free.push(worker);
      this.#isFree.add(worker);
    }
  }

  async result(): Promise<LoadResult> {
    const { signal } = this.#hooks;
    const plan = this.#plan.options;
    const cancel = () => {
      if (signal?.reason === "server-ended") this.#stop("server-ended", "The server ended.");
      else this.#stop("cancelled", "The run was cancelled.");
    };
    const before = clock.eventLoopUtilization();
    this.#startedAt = performance.now();
    this.#lastEndAt = this.#startedAt;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#advance();
    const sweep = setInterval(() => this.#sweep(), SWEEP_MS);
    const seconds = setInterval(() => this.#closeSecond(), 1000);
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    if (plan.rate === null) this.#handOut();
    else this.#tick();
    this.#finishIfDone();
    await finished;
    clearInterval(sweep);
    clearInterval(seconds);
    signal?.removeEventListener("abort", cancel);
    if (Object.values(this.#second).some((count) => count > 0) || this.#series.length === 0) this.#closeSecond();
    for (const worker of this.#workers) worker.stop();
    return this.#report(clock.eventLoopUtilization(before).utilization);
  }

  /** Takes what has fallen due and comes back when more does. */
  #tick(): void {
    if (this.#stopped !== null) return;
    const now = this.#now;
    while (this.#next !== null && this.#next <= now) {
      this.#waiting.push(this.#next);
      this.#secondDue += 1;
      this.#advance();
    }
    // Late by the generator alone: a connection was free all the time.
    if (this.#waitingCount <= this.#free.length) {
      for (let index = this.#head; index < this.#waiting.length; index++)
        this.#late.record(Math.max(1, Math.round((now - (this.#waiting[index] as number)) * 1000)));
    }
    this.#handOut();
    if (this.#waitingCount > MOST_WAITING) this.#stop("limit", `${MOST_WAITING.toLocaleString("en")} messages wait for a free connection.`);
    else if (this.#next !== null) setTimeout(() => this.#tick(), Math.max(1, Math.min(100, this.#next - now)));
    this.#finishIfDone();
  }

  /** Gives what waits to free connections; without a rate, a message is due when a connection is free for it. */
  #handOut(): void {
    if (this.#stopped !== null) return;
    const { rate, seconds } = this.#plan.options;
    if (rate === null) {
      while (this.#next !== null && this.#free.length > 0) {
        const now = this.#now;
        if (seconds !== null && now >= seconds * 1000) this.#next = null;
        else {
          this.#advance();
          this.#secondDue += 1;
          this.#start(now);
        }
      }
      return;
    }
    while (this.#waitingCount > 0 && this.#free.length > 0) this.#start(this.#waiting[this.#head++] as number);
    if (this.#head > 10_000) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #advance(): void {
    const { value, done } = this.#arrivals.next();
    this.#next = done === true || value === undefined ? null : value;
  }

  get #now(): number {
    return performance.now() - this.#startedAt;
  }

  get #waitingCount(): number {
    return this.#waiting.length - this.#head;
  }

  #start(due: number): void {
    const worker = this.#free.pop() as SmtpWorker;
    this.#isFree.delete(worker);
    this.#inFlight += 1;
    worker.send({ index: this.#index++, dueAt: this.#startedAt + due, startedAt: 0 });
  }

  #ended(worker: SmtpWorker, job: Job, outcome: StressOutcome): void {
    const now = performance.now();
    this.#inFlight -= 1;
    this.#lastEndAt = now;
    this.#counts[outcome] += 1;
    this.#second[outcome] += 1;
    this.#latency.message(now - job.dueAt, now - job.startedAt);
    this.#judge(outcome !== "accepted");
    this.#release(worker);
  }

  #judge(failed: boolean): void {
    this.#recent.push(failed);
    this.#failed += Number(failed);
    if (this.#recent.length > FAILED_OF) this.#failed -= Number(this.#recent.shift());
    if (this.#recent.length === FAILED_OF && this.#failed > MOST_FAILED)
      this.#stop("errors", `${this.#failed} of the last ${FAILED_OF} messages failed.`);
  }

  /** Its message ended, and the connection is open for the next or closed. */
  #release(worker: SmtpWorker): void {
    if (worker.idle && !this.#isFree.has(worker)) {
      this.#isFree.add(worker);
      this.#free.push(worker);
      this.#handOut();
      // Nothing more is due: an idle connection must not keep the target from serving one that waits.
      if (this.#next === null && this.#waitingCount === 0 && this.#isFree.has(worker)) worker.stop();
    }
    this.#finishIfDone();
  }

  #refusal(code: number, text: string): void {
    const known = this.#answers.get(text);
    if (known !== undefined || this.#answers.size < 1000) this.#answers.set(text, (known ?? 0) + 1);
    if (code === 421 || code === 554) this.#stop("told-off", `The target answered '${text}'.`);
  }

  #stop(why: StressStop, text: string): void {
    if (this.#stopped !== null) return;
    this.#stopped = { why, text };
    this.#cutAt = performance.now() + (why === "server-ended" ? 0 : STOP_GRACE_MS);
    this.#finishIfDone();
  }

  #sweep(): void {
    const now = performance.now();
    for (const worker of this.#workers) worker.expire(now);
    if (now - this.#startedAt > 1000 * MOST_SECONDS) this.#stop("limit", `A run lasts ${MOST_SECONDS / 60} minutes at most.`);
    const { timeoutSeconds } = this.#plan.options;
    // The plan is over: what still waits for a connection gets as long as one answer may take.
    if (this.#next === null && this.#waitingCount > 0 && this.#stopped === null)
      this.#cutAt = Math.min(this.#cutAt, now + timeoutSeconds * 1000);
    if (now < this.#cutAt) return;
    this.#stopped ??= { why: "limit", text: `Messages still waited ${timeoutSeconds} s after the last was due.` };
    for (const worker of this.#workers) worker.stop();
  }

  #closeSecond(): void {
    const { p50, p99 } = this.#latency.takeSecond();
    const second: StressSecond = {
      second: this.#series.length,
      due: this.#secondDue,
      ...this.#second,
      p50,
      p99,
      waiting: this.#waitingCount,
      connected: this.#connected,
      served: this.#served,
    };
    this.#series.push(second);
    this.#second = noCounts();
    this.#secondDue = 0;
    this.#hooks.onSecond?.(second);
  }

  #finishIfDone(): void {
    const nothingLeft = this.#stopped !== null || (this.#next === null && this.#waitingCount === 0);
    if (nothingLeft && this.#inFlight === 0) this.#finish();
  }

  #report(busy: number): LoadResult {
    const unsent = this.#unsent();
    const seconds = Math.max(0.001, (this.#lastEndAt - this.#startedAt) / 1000);
    const ended = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    const dueSeconds = Math.max(seconds, this.#series.length === 0 ? seconds : 0);
    return {
      counts: { ...this.#counts, unsent },
      rate: {
        offered:
          this.#plan.options.rate === null ? null : (ended + unsent) / Math.min(dueSeconds, this.#plan.options.seconds ?? dueSeconds),
        achieved: this.#counts.accepted / seconds,
      },
      latencyMs: this.#latency.latencyMs,
      stagesMs: this.#latency.stagesMs,
      answers: [...this.#answers]
        .map(([text, count]) => ({ text, count }))
        .sort((one, other) => other.count - one.count)
        .slice(0, MOST_ANSWERS),
      series: this.#series,
      stopped: this.#stopped,
      seconds,
      curve: this.#latency.curve,
      generator: { lateP99Ms: this.#late.count === 0 ? 0 : this.#late.percentile(99) / 1000, busy },
      servedMostly: this.#servedMostly(),
      mostConnected: this.#mostConnected,
    };
  }

  /** The end of a connection is seen late here, so that for a moment more seem to be served than are. */
  #servedMostly(): number {
    const served = Array.from(this.#servedMs, (ms) => ms ?? 0).slice(1);
    const whole = served.reduce((sum, ms) => sum + ms, 0);
    let within = 0;
    const most = served.findIndex((ms) => {
      within += ms;
      return within >= USUALLY * whole;
    });
    return most + 1;
  }

  /** Due and never sent: their waits count, or the stall that held them up would not show. */
  #unsent(): number {
    const now = this.#now;
    const left = this.#waiting.slice(this.#head);
    for (const due of left) this.#latency.message(now - due, 0);
    return left.length;
  }
}
