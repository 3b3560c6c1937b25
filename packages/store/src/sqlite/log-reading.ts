/**
 * Adding up millions of counts takes a while, and the engine holds up its thread meanwhile: so it is done in a thread of its own,
 * with a connection of its own (in WAL mode readers and the writer do not wait for each other).
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { LogReads } from "../interfaces/log-store.ts";
import type { PeerStore } from "../interfaces/peer-store.ts";
import type { StorePlace } from "../interfaces/store.ts";
import { StoreError } from "../store-error.ts";

/** What the thread does, all by names of their own. */
type PeerReads = Pick<PeerStore, "list" | "get">;
export type LongReads = LogReads & PeerReads;

export interface ReadRequest {
  readonly id: number;
  readonly method: keyof LongReads;
  readonly parameters: readonly unknown[];
}

export interface ReadAnswer {
  readonly id: number;
  readonly value?: unknown;
  /** Of a read that failed. */
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export class LogReading {
  readonly #place: StorePlace;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #count = 0;

  constructor(place: StorePlace) {
    this.#place = place;
  }

  readonly reads: LogReads = {
    statistics: (...parameters) => this.#ask("statistics", parameters),
    statisticsText: (...parameters) => this.#ask("statisticsText", parameters),
    outcomes: (...parameters) => this.#ask("outcomes", parameters),
    stages: (...parameters) => this.#ask("stages", parameters),
    worstPeers: (...parameters) => this.#ask("worstPeers", parameters),
  };

  readonly peers: PeerReads = {
    list: (...parameters) => this.#ask("list", parameters),
    get: (...parameters) => this.#ask("get", parameters),
  };

  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    thread.postMessage(null);
    await once(thread, "exit");
  }

  #ask<V>(method: keyof LongReads, parameters: readonly unknown[]): Promise<V> {
    this.#count += 1;
    const request: ReadRequest = { id: this.#count, method, parameters };
    return new Promise<V>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#running().postMessage(request);
    });
  }

  /** Started with the first question. */
  #running(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(new URL("log-reading-thread.ts", import.meta.url), { workerData: this.#place, execArgv: [] });
    thread.unref();
    thread.on("message", ({ id, value, error }: ReadAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value as never);
      else waiting?.reject(new StoreError(error));
    });
    thread.on("error", (error) => this.#ended(error));
    thread.on("exit", () => this.#ended(new StoreError("The store was closed.")));
    this.#thread = thread;
    return thread;
  }

  #ended(error: unknown): void {
    this.#thread = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
