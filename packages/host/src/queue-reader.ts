/**
 * Reads this machine's mail queue with `postqueue -j`, when asked. Listing a queue makes Postfix open each of its files, so a listing
 * serves everyone who asks until twenty times as long has passed as it took.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type MailQueue, printable } from "@mxray/contracts";
import { missingQueue, queueMatrix, type ReasonReader } from "./queue-matrix.ts";

export interface QueueReaderOptions {
  readonly readReason: ReasonReader;
  /** Prints the queue; default `postqueue -j`. */
  readonly command?: readonly [string, ...string[]];
}

const COMMAND = ["postqueue", "-j"] as const;
/** Where administrators' programs are that a service's PATH leaves out. */
const FOLDERS = "/usr/sbin:/usr/local/sbin";
const PATIENCE_MS = 30_000;
const LEAST_KEPT_MS = 10_000;
const KEPT_FACTOR = 20;
const LAST_WORDS_CAP = 300;

export class QueueReader {
  readonly #options: QueueReaderOptions;
  #reading: Promise<MailQueue> | null = null;
  #keptUntil = Number.NEGATIVE_INFINITY;

  constructor(options: QueueReaderOptions) {
    this.#options = options;
  }

  /** @param signal ends a reading that is under way. Does not throw. */
  read(signal: AbortSignal): Promise<MailQueue> {
    const began = performance.now();
    if (this.#reading !== null && began < this.#keptUntil) return this.#reading;
    this.#keptUntil = Number.POSITIVE_INFINITY;
    this.#reading = this.#list(signal).finally(() => {
      const now = performance.now();
      this.#keptUntil = now + Math.max(LEAST_KEPT_MS, KEPT_FACTOR * (now - began));
    });
    return this.#reading;
  }

  async #list(signal: AbortSignal): Promise<MailQueue> {
    const { readReason, command: [program, ...args] = COMMAND } = this.#options;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: `${process.env.PATH ?? ""}:${FOLDERS}`, LC_ALL: "C" },
      signal: AbortSignal.any([signal, patience]),
    });
    let words = "";
    child.stderr.on("data", (data: Buffer) => {
      words = `${words}${data}`.slice(-LAST_WORDS_CAP);
    });
    const ended = new Promise<number | NodeJS.ErrnoException | null>((resolve) => {
      child.once("error", resolve);
      child.once("close", resolve);
    });
    const queue = await queueMatrix(createInterface({ input: child.stdout }), { now: new Date(), readReason });
    // It may have more to print than is counted.
    child.stdout.destroy();
    const end = await ended;
    if (end === 0) return queue;
    if (queue.messages > 0) return { ...queue, complete: false };
    if (end instanceof Error && end.code === "ENOENT")
      return missingQueue("This machine has no 'postqueue', the program that lists Postfix's queue.");
    if (/main\.cf: No such file/.test(words))
      return missingQueue("Postfix is installed on this machine, but not set up: it has no main.cf.");
    // Set-group-ID programs have no effect in a service with NoNewPrivileges.
    if (/Permission denied/.test(words)) return missingQueue("Listing Postfix's queue needs membership in the group 'postdrop'.");
    if (patience.aborted) return missingQueue(`'postqueue -j' printed nothing for ${PATIENCE_MS / 1000} s.`);
    return missingQueue(`'postqueue -j' failed: ${printable(words.trim() || "it gave no reason.", LAST_WORDS_CAP)}`);
  }
}
