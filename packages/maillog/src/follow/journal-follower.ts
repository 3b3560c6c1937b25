/**
 * Follows the systemd journal by `journalctl -o json -f --after-cursor`. Each entry is one line with its cursor in it, which is
 * the position. journalctl is started anew when it ends; where it cannot be started or refuses, the follower says so and waits.
 *
 * Steps: see `FollowStep`. Source: systemd, JOURNAL_EXPORT_FORMATS.md ("Journal JSON Format") and journalctl(1).
 */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { printable } from "@mxray/contracts";
import type { Follower, FollowStep, JournalPosition } from "./follow-step.ts";
import type { FollowClock } from "./log-files.ts";
import { chunksOrQuiet } from "./stream-follower.ts";

interface JournalProcess {
  readonly output: Readable;
  /** Null when it was told to end, else the last words of a process that ended by itself. */
  readonly ended: Promise<string | null>;
}

export interface JournalFollowerOptions {
  /** Entries of this unit; null for all of the mail facility. */
  readonly unit: string | null;
  readonly position: JournalPosition | null;
  /** ms UTC; entries older than it are left out where there is no position. */
  readonly sinceMs: number;
  readonly clock: FollowClock;
}

const RESTART_MS = 2000;
const LF = 10;
/** A longer entry goes through in pieces: the reader cuts it anyway. */
const ENTRY_CAP = 1024 * 1024;
const LAST_WORDS_CAP = 300;
const CURSOR = /"__CURSOR"\s*:\s*"([^"\\\s]{1,400})"/;

export class JournalFollower implements Follower {
  readonly #options: JournalFollowerOptions;
  #position: JournalPosition | null;

  constructor(options: JournalFollowerOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  async *steps(signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const running = new AbortController();
      const process = startJournalctl(this.#args(), AbortSignal.any([signal, running.signal]));
      try {
        yield { kind: "begin", file: "journal", offset: 0 };
        yield* this.#entries(process.output, signal);
        const words = await process.ended;
        if (words !== null) yield { kind: "waits", reason: `journalctl ended: ${printable(words, LAST_WORDS_CAP)}` };
      } finally {
        running.abort();
      }
      await clock.sleep(RESTART_MS, signal);
    }
  }

  /** Whole entries only, so that the next process begins with a whole one. */
  async *#entries(output: Readable, signal: AbortSignal): AsyncGenerator<FollowStep, void> {
    let held: Buffer = Buffer.alloc(0);
    for await (const chunk of chunksOrQuiet(output, this.#options.clock, signal)) {
      if (chunk === null) {
        yield { kind: "idle" };
        continue;
      }
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = all.length > ENTRY_CAP && !all.includes(LF) ? all.length : all.lastIndexOf(LF) + 1;
      held = Buffer.from(all.subarray(end));
      if (end === 0) continue;
      const bytes = all.subarray(0, end);
      this.#position = cursorOf(bytes) ?? this.#position;
      yield { kind: "bytes", bytes, position: this.#position, lag: 0 };
    }
  }

  #args(): string[] {
    const { unit, sinceMs } = this.#options;
    const from = this.#position === null ? `--since=@${Math.floor(sinceMs / 1000)}` : `--after-cursor=${this.#position.cursor}`;
    return ["--output=json", "--follow", "--lines=all", "--quiet", from, unit === null ? "SYSLOG_FACILITY=2" : `--unit=${unit}`];
  }
}

/** The cursor of the last whole entry. */
function cursorOf(bytes: Buffer): JournalPosition | null {
  if (bytes[bytes.length - 1] !== LF) return null;
  const last = bytes.subarray(bytes.lastIndexOf(LF, bytes.length - 2) + 1);
  const at = last.indexOf('"__CURSOR"');
  const cursor = at === -1 ? undefined : CURSOR.exec(last.toString("latin1", at, at + 500))?.[1];
  return cursor === undefined ? null : { kind: "journal", cursor };
}

function startJournalctl(args: readonly string[], signal: AbortSignal): JournalProcess {
  const child = spawn("journalctl", [...args], { stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGTERM" });
  let words = "";
  child.stderr.on("data", (data: Buffer) => {
    words = `${words}${data}`.slice(-LAST_WORDS_CAP);
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve(signal.aborted ? null : error.code === "ENOENT" ? "it is not installed here." : error.message);
    });
    child.once("close", () => resolve(signal.aborted ? null : words.trim() || "it said nothing."));
  });
  return { output: child.stdout, ended };
}
