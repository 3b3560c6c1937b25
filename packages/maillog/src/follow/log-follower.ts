/**
 * Follows one log and hands what it says to a sink, batch by batch, each with its position. Reads in small pieces and lets others
 * have their turn in between: one log's backlog of gigabytes must not hold up another log.
 */
import { type LogBatch, type LogMemory, type LogSourceState, printable } from "@mxray/contracts";
import { LogBatcher } from "../batch/log-batcher.ts";
import type { LogClock } from "../lines/log-clock.ts";
import { LogReader } from "../reading/log-reader.ts";
import { FileFollower } from "./file-follower.ts";
import type { FollowSink, FollowState, LogPosition } from "./follow-sink.ts";
import type { FilePosition, Follower, FollowPosition, FollowStep } from "./follow-step.ts";
import { JournalFollower } from "./journal-follower.ts";
import { LineRate } from "./line-rate.ts";
import { parseLogLocation } from "./log-location.ts";
import { nodeFollowClock, nodeLogFilesIn } from "./node-log-files.ts";
import { StreamFollower } from "./stream-follower.ts";

/** A log, and how far it was read before. */
export interface FollowedLog extends Pick<FollowState, "lines" | "recognised" | "lastLineAt"> {
  readonly location: string;
  /** Since when it is followed: older files of it are left alone. */
  readonly createdAt: string;
  /** A `LogPosition` as the sink was given it last; null before the first. */
  readonly position: unknown;
  /** Folders that its files must be in, all links followed; null for anywhere. */
  readonly folders: readonly string[] | null;
  /** What was under way there. */
  readonly memories: readonly LogMemory[];
}

export interface LogFollowerDeps {
  readonly sink: FollowSink;
  readonly clock: LogClock;
  /** A bug, or a sink that fails. */
  readonly onError: (error: unknown) => void;
}

/** About 450 lines: 2 to 4 ms. */
const PIECE = 64 * 1024;
/** Rows of a batch; a transaction of so many takes some 15 ms. */
const MOST_ROWS = 3000;
/** The oldest line that is not committed yet is no older. */
const MOST_AGE_MS = 150;
const RETRY_MS = [1000, 5000, 30_000] as const;
/** From here on it is a backlog. */
const BACKLOG_BYTES = 1024 * 1024;
const DAY_MS = 86_400_000;
const BYTES_PER_LINE = 140;
/** Between two looks at the pace, which falls while nothing is read. */
const PACE_MS = 1000;

export class LogFollower {
  readonly #deps: LogFollowerDeps;
  readonly #log: FollowedLog;
  readonly #rate = new LineRate();
  readonly #batcher = new LogBatcher();
  readonly #reader: LogReader;
  #position: LogPosition | null;
  #handed = { lines: 0, recognised: 0 };
  #uncommittedSince: number | null = null;
  #lastLineAt: string | null;
  #state: LogSourceState = "waiting";
  #lag = 0;
  #notice: string | null = null;
  #reported = "";

  constructor(log: FollowedLog, deps: LogFollowerDeps) {
    this.#deps = deps;
    this.#log = log;
    this.#position = log.position as LogPosition | null;
    this.#lastLineAt = log.lastLineAt;
    this.#reader = new LogReader(deps.clock, (entry, file, line) => this.#batcher.add(entry, file, line));
  }

  /** Ends with the signal, committing nothing more: what is not committed is read again. */
  async run(signal: AbortSignal): Promise<void> {
    const pace = setInterval(() => this.#report(), PACE_MS).unref();
    try {
      this.#batcher.resume(this.#reader.restore(this.#log.memories), this.#log.memories);
      const follower = this.#follower();
      for await (const step of follower.steps(signal)) {
        if (signal.aborted) return;
        if (!(await this.#take(step, signal))) return;
      }
    } catch (error) {
      this.#deps.onError(error);
      this.#is("failed", "The reader stopped because of an error in mxray; the server's log has the details.");
    } finally {
      clearInterval(pace);
    }
  }

  #follower(): Follower {
    const { location, createdAt } = this.#log;
    const parsed = parseLogLocation(location);
    const follow = this.#position?.follow ?? null;
    const since = Date.parse(createdAt);
    switch (parsed?.kind) {
      case "file": {
        const fresh: FilePosition = { kind: "file", readUntilMs: since, mark: null };
        const position = follow?.kind === "file" ? follow : fresh;
        return new FileFollower({ path: parsed.path, position, files: nodeLogFilesIn(this.#log.folders), clock: nodeFollowClock });
      }
      case "journal":
        return new JournalFollower({
          unit: parsed.unit,
          position: follow?.kind === "journal" ? follow : null,
          sinceMs: since - DAY_MS,
          clock: nodeFollowClock,
        });
      case "stdin":
        return new StreamFollower(process.stdin, nodeFollowClock);
      case undefined:
        throw new Error(`A stored log source has a location that was never accepted: ${location}`);
    }
  }

  /** False when the sink wants no more. */
  async #take(step: FollowStep, signal: AbortSignal): Promise<boolean> {
    switch (step.kind) {
      case "begin":
        this.#reader.begin(step.file, step.offset > 0 ? (this.#position?.line ?? 0) : 0);
        return true;
      case "bytes":
        return await this.#read(step, signal);
      case "end":
        this.#reader.end();
        this.#moved(step.position);
        return true;
      case "idle":
        if (!(await this.#commit(signal))) return false;
        this.#lag = 0;
        this.#reads("following");
        return true;
      case "waits":
        this.#is("waiting", step.reason);
        return await this.#commit(signal);
      case "gap":
        this.#is(this.#state === "waiting" ? "following" : this.#state, step.reason);
        return true;
    }
  }

  async #read({ bytes, position, lag }: Extract<FollowStep, { kind: "bytes" }>, signal: AbortSignal): Promise<boolean> {
    this.#uncommittedSince ??= Date.now();
    this.#lag = lag;
    // Once behind, it is behind until it has read all there is.
    const behind = lag > BACKLOG_BYTES || this.#state === "catching-up";
    this.#reads(behind ? "catching-up" : "following");
    for (let from = 0; from < bytes.length; from += PIECE) {
      this.#reader.push(bytes.subarray(from, from + PIECE));
      await new Promise(setImmediate);
    }
    this.#moved(position);
    const due = this.#batcher.size >= MOST_ROWS || Date.now() - this.#uncommittedSince >= MOST_AGE_MS;
    return !due || (await this.#commit(signal));
  }

  #moved(follow: FollowPosition | null): void {
    if (follow !== null) this.#position = { follow, line: this.#reader.line };
  }

  async #commit(signal: AbortSignal): Promise<boolean> {
    const { lines, recognised } = this.#reader.counts;
    const fresh = { lines: lines - this.#handed.lines, recognised: recognised - this.#handed.recognised };
    this.#uncommittedSince = null;
    if (fresh.lines === 0) return true;
    const batch = this.#batcher.take(fresh);
    if (!(await this.#handOver(batch, signal))) return false;
    this.#handed = { lines, recognised };
    this.#lastLineAt = batch.lastLineAt ?? this.#lastLineAt;
    this.#rate.add(fresh.lines, Date.now());
    if (this.#state === "failed") this.#is("following", null);
    this.#report();
    return true;
  }

  /** False when the sink wants no more, or it is time to end. */
  async #handOver(batch: LogBatch, signal: AbortSignal): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      try {
        if (await this.#deps.sink.commit(batch, this.#position)) return true;
        this.#is("failed", "Another server follows this log with the same store, or it was removed from the list.");
        return false;
      } catch (error) {
        this.#deps.onError(error);
        this.#is("failed", "What was read cannot be stored; the server's log has the details. It is tried again.");
        await nodeFollowClock.sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 1000, signal);
        if (signal.aborted) return false;
      }
    }
  }

  /** What it waited for is there; that lines are missing stays said. */
  #reads(state: "catching-up" | "following"): void {
    this.#is(state, this.#state === "waiting" ? null : this.#notice);
  }

  #is(state: LogSourceState, notice: string | null): void {
    this.#state = state;
    // It quotes names of files, and what the system and journalctl say.
    this.#notice = notice === null ? null : printable(notice);
    this.#report();
  }

  #report(): void {
    const perSecond = this.#rate.perSecond(Date.now());
    const behind = this.#state === "catching-up" && perSecond > 0 && this.#handed.lines > 0;
    const state: FollowState = {
      state: this.#state,
      lines: this.#log.lines + this.#handed.lines,
      recognised: this.#log.recognised + this.#handed.recognised,
      lastLineAt: this.#lastLineAt,
      linesPerSecond: perSecond,
      lagBytes: this.#lag,
      secondsLeft: behind ? Math.ceil(this.#lag / (perSecond * BYTES_PER_LINE)) : null,
      notice: this.#notice,
    };
    const text = JSON.stringify(state);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#deps.sink.state(state);
  }
}
