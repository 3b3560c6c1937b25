/**
 * A thread that answers numbered questions. It is started with the first, and after it ended unexpectedly, with the next: what it was
 * asked is then rejected as not done. Whether a statement took effect before the end is not known, so nothing is repeated here.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { StoreError } from "../store-error.ts";
import { threadEndReason } from "./thread-end.ts";

export interface AskedThreadOptions {
  readonly program: URL;
  readonly workerData: unknown;
  /** What it is, for the message of a rejection. */
  readonly name: string;
  /** It ended without an order to. @param reason see `threadEndReason` */
  readonly onEnd?: (reason: string, error: unknown) => void;
  /** It answers again after such an end. */
  readonly onBack?: () => void;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that ends at once is not started more often than that. */
const RESTART_MS = 1000;

export class AskedThread<Question extends object, Answer extends { readonly id: number }> {
  readonly #options: AskedThreadOptions;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #worker: Worker | null = null;
  #count = 0;
  #ends = 0;
  #endedAt: number | null = null;
  #closed = false;

  constructor(options: AskedThreadOptions) {
    this.#options = options;
  }

  /** How often it ended: what one of them held, a transaction, say, is lost to the next. */
  get ends(): number {
    return this.#ends;
  }

  /** Starts it now. */
  start(): void {
    this.#worker = this.#started();
  }

  /** @throws StoreError `ended` where it ends before it answers */
  ask(question: Question): Promise<Answer> {
    if (this.#closed) return Promise.reject(new StoreError("The store was closed."));
    if (this.#worker === null && this.#endedAt !== null && performance.now() - this.#endedAt < RESTART_MS) {
      return Promise.reject(new StoreError(`${this.#options.name} ended a moment ago and is started again; nothing was done.`, "ended"));
    }
    this.#count += 1;
    const id = this.#count;
    this.#worker ??= this.#started();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...question, id });
    });
  }

  /** Returns when it has answered what it was asked and has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker === null) return;
    const ended = once(worker, "exit");
    worker.ref();
    worker.postMessage(null);
    await ended;
  }

  #started(): Worker {
    const { program, workerData } = this.#options;
    const worker = new Worker(program, { workerData, execArgv: [] });
    worker.unref();
    let error: unknown;
    worker.on("message", (answer: Answer) => {
      if (this.#endedAt !== null) this.#options.onBack?.();
      this.#endedAt = null;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on("error", (thrown) => {
      error = thrown;
    });
    worker.on("exit", (status) => this.#ended(error, status));
    return worker;
  }

  #ended(error: unknown, status: number): void {
    this.#worker = null;
    const reason = threadEndReason(error, status);
    const unanswered = this.#closed
      ? new StoreError("The store was closed.")
      : new StoreError(`${this.#options.name} ended because ${reason}; it is started again.`, "ended");
    for (const { reject } of this.#waiting.values()) reject(unanswered);
    this.#waiting.clear();
    if (this.#closed) return;
    this.#ends += 1;
    this.#endedAt = performance.now();
    this.#options.onEnd?.(reason, error);
  }
}
