/**
 * Follows logs in a thread of its own, with a connection of its own to the store: reading and counting gigabytes holds up neither
 * a probe nor a page. Standard input is handed on to it.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { parseLogLocation } from "@mxray/maillog";
import { type StoredLogSource, StoreError, type StorePlace, threadEndReason } from "@mxray/store";
import type { FollowerNews, FollowerPool, FollowerPoolDeps } from "./follower-pool.ts";

/** What the thread begins with. */
export interface FollowerPoolPlace {
  /** The store's. */
  readonly place: StorePlace;
  /** Where logs must be that the page names. */
  readonly logFolders: readonly string[];
}

/** What the thread is told. */
export type FollowerPoolOrder =
  | { readonly kind: "follow"; readonly source: StoredLogSource }
  | { readonly kind: "leave"; readonly id: number }
  | { readonly kind: "tidy"; readonly now: number; readonly eventDays: number }
  | { readonly kind: "stop" };

/** What it tells. */
export type FollowerPoolReport =
  | { readonly kind: "news"; readonly news: FollowerNews }
  | { readonly kind: "left"; readonly id: number }
  | { readonly kind: "tidied" }
  | { readonly kind: "error"; readonly error: unknown };

const ended = () => new StoreError("The thread that reads logs has ended.", "ended");

export class ThreadedFollowerPool implements FollowerPool {
  readonly #thread: Worker;
  readonly #leaving = new Map<number, PromiseWithResolvers<void>>();
  #tidying: PromiseWithResolvers<void> | null = null;
  #over = false;
  #stopping = false;

  constructor(where: FollowerPoolPlace, { onNews, onError, onEnd }: FollowerPoolDeps) {
    this.#thread = new Worker(new URL("follower-pool-thread.ts", import.meta.url), { workerData: where, stdin: true, execArgv: [] });
    this.#thread.unref();
    this.#thread.on("message", (report: FollowerPoolReport) => {
      switch (report.kind) {
        case "news":
          return onNews(report.news);
        case "left":
          return this.#left(report.id);
        case "tidied":
          return this.#tidying?.resolve();
        case "error":
          return onError(report.error);
      }
    });
    let thrown: unknown;
    this.#thread.on("error", (error) => {
      thrown = error;
      onError(error);
    });
    this.#thread.on("exit", (status) => {
      this.#over = true;
      if (this.#thread.stdin !== null) process.stdin.unpipe(this.#thread.stdin);
      for (const id of [...this.#leaving.keys()]) this.#left(id);
      this.#tidying?.reject(ended());
      if (!this.#stopping) onEnd(threadEndReason(thrown, status));
    });
  }

  follow(source: StoredLogSource): void {
    const { stdin } = this.#thread;
    if (parseLogLocation(source.location)?.kind === "stdin" && stdin !== null) process.stdin.pipe(stdin);
    this.#order({ kind: "follow", source });
  }

  async leave(id: number): Promise<void> {
    if (this.#over) return;
    const asked = this.#leaving.get(id);
    const left = asked ?? Promise.withResolvers<void>();
    this.#leaving.set(id, left);
    if (asked === undefined) this.#order({ kind: "leave", id });
    await left.promise;
  }

  async tidy(now: number, eventDays: number): Promise<void> {
    if (this.#over) throw ended();
    this.#tidying = Promise.withResolvers();
    this.#order({ kind: "tidy", now, eventDays });
    await this.#tidying.promise;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#over) return;
    const ended = once(this.#thread, "exit");
    this.#order({ kind: "stop" });
    await ended;
  }

  #order(order: FollowerPoolOrder): void {
    this.#thread.postMessage(order);
  }

  #left(id: number): void {
    this.#leaving.get(id)?.resolve();
    this.#leaving.delete(id);
  }
}
