/**
 * Adding up millions of counts takes a while, and the engine holds up its thread meanwhile: so it is done in a thread of its own,
 * with a connection of its own (in WAL mode readers and the writer do not wait for each other).
 */
import type { LogReads } from "../interfaces/log-store.ts";
import type { PeerStore } from "../interfaces/peer-store.ts";
import { StoreError, type StoreTrouble } from "../store-error.ts";
import { AskedThread } from "./asked-thread.ts";
import type { ThreadNews } from "./threaded-sqlite.ts";

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
  readonly error?: { readonly message: string; readonly trouble: StoreTrouble };
}

export class LogReading {
  readonly #thread: AskedThread<Omit<ReadRequest, "id">, ReadAnswer>;

  constructor(path: string, news: ThreadNews) {
    const program = new URL("log-reading-thread.ts", import.meta.url);
    this.#thread = new AskedThread({ program, workerData: path, name: "The thread that reads statistics", ...news });
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
    await this.#thread.close();
  }

  async #ask<V>(method: keyof LongReads, parameters: readonly unknown[]): Promise<V> {
    const { value, error } = await this.#thread.ask({ method, parameters });
    if (error !== undefined) throw new StoreError(error.message, error.trouble);
    return value as V;
  }
}
