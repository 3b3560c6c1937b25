/**
 * Follows one log and commits what it tells, batch by batch, each in one transaction with its position. Reads in small pieces
 * and lets others have their turn in between: one log's backlog of gigabytes must not hold up another log.
 */
import type { LogSource, LogSourceState } from "@mxray/contracts";
import {
  FileFollower,
  type FilePosition,
  type Follower,
  type FollowPosition,
  type FollowStep,
  JournalFollower,
  LogBatcher,
  type LogClock,
  LogReader,
  nodeFollowClock,
  nodeLogFiles,
  parseLogLocation,
  StreamFollower,
} from "@mxray/maillog";
import type { LogStore, StoredLogSource } from "@mxray/store";
import { LineRate } from "./line-rate.ts";

export interface LogFollowerDeps {
  readonly store: LogStore;
  readonly clock: LogClock;
  /** Something was committed. */
  readonly onCommit: () => void;
  /** A bug, or a store that fails. */
  readonly onError: (error: unknown) => void;
}

interface Position {
  readonly follow: FollowPosition;
  /** Lines of the file before it. */
  readonly line: number;
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

export class LogFollower {
  readonly #deps: LogFollowerDeps;
  readonly #source: StoredLogSource;
  readonly #rate = new LineRate();
  readonly #batcher = new LogBatcher();
  readonly #reader: LogReader;
  #revision: number;
  #position: Position | null;
  #told = { lines: 0, recognised: 0 };
  #uncommittedSince: number | null = null;
  #lines: number;
  #recognised: number;
  #lastLineAt: string | null;
  #state: LogSourceState = "waiting";
  #lag = 0;
  #notice: string | null = null;

  constructor(source: StoredLogSource, deps: LogFollowerDeps) {
    this.#deps = deps;
    this.#source = source;
    this.#revision = source.revision;
    this.#position = source.position as Position | null;
    this.#lines = source.lines;
    this.#recognised = source.recognised;
    this.#lastLineAt = source.lastLineAt;
    this.#reader = new LogReader(deps.clock, (entry, file, line) => this.#batcher.add(entry, file, line));
  }

  get state(): LogSource {
    const perSecond = this.#rate.perSecond(Date.now());
    const { id, location, origin, createdAt, lines } = this.#source;
    const bytesPerLine = 140;
    return {
      id,
      location,
      origin,
      createdAt,
      state: this.#state,
      lines: this.#lines,
      recognised: this.#recognised,
      lastLineAt: this.#lastLineAt,
      linesPerSecond: perSecond,
      lagBytes: this.#lag,
      secondsLeft:
        this.#state === "catching-up" && perSecond > 0 && this.#lines > lines ? Math.ceil(this.#lag / (perSecond * bytesPerLine)) : null,
      notice: this.#notice,
    };
  }

  /** Ends with the signal, committing nothing more: what is not committed is read again. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      this.#batcher.resume(this.#reader.restore(await this.#deps.store.memories(this.#source.id)));
      const follower = this.#follower();
      for await (const step of follower.steps(signal)) {
        if (signal.aborted) return;
        if (!(await this.#take(step, signal))) return;
      }
    } catch (error) {
      this.#deps.onError(error);
      this.#is("failed", "The reader stopped because of an error in mxray; the server's log has the details.");
    }
  }

  #follower(): Follower {
    const { location, createdAt } = this.#source;
    const parsed = parseLogLocation(location);
    const follow = this.#position?.follow ?? null;
    const since = Date.parse(createdAt);
    switch (parsed?.kind) {
      case "file": {
        const fresh: FilePosition = { kind: "file", readUntilMs: since, mark: null };
        const position = follow?.kind === "file" ? follow : fresh;
        return new FileFollower({ path: parsed.path, position, files: nodeLogFiles, clock: nodeFollowClock });
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

  /** False when somebody else follows this source now. */
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
    const fresh = { lines: lines - this.#told.lines, recognised: recognised - this.#told.recognised };
    this.#uncommittedSince = null;
    if (fresh.lines === 0) return true;
    this.#told = { lines, recognised };
    const batch = this.#batcher.take(fresh);
    for (let tries = 0; ; tries += 1) {
      try {
        const options = { revision: this.#revision, position: this.#position };
        if (!(await this.#deps.store.commit(this.#source.id, batch, options))) {
          this.#is("failed", "Another server follows this log with the same store, or it was taken from the list.");
          return false;
        }
        break;
      } catch (error) {
        this.#deps.onError(error);
        this.#is("failed", "What was read cannot be stored; the server's log has the details. It is tried again.");
        await nodeFollowClock.sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 1000, signal);
        if (signal.aborted) return false;
      }
    }
    this.#revision += 1;
    this.#lines += fresh.lines;
    this.#recognised += fresh.recognised;
    this.#lastLineAt = batch.lastLineAt ?? this.#lastLineAt;
    this.#rate.add(fresh.lines, Date.now());
    if (this.#state === "failed") this.#is("following", null);
    this.#deps.onCommit();
    return true;
  }

  /** What it waited for is there; that lines are missing stays said. */
  #reads(state: "catching-up" | "following"): void {
    this.#is(state, this.#state === "waiting" ? null : this.#notice);
  }

  #is(state: LogSourceState, notice: string | null): void {
    this.#state = state;
    this.#notice = notice;
  }
}
