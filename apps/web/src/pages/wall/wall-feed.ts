/**
 * The wall's connection: one event stream that is made anew whenever it ends, errs or falls silent, for as long as the page
 * lives. It keeps the last snapshot and nothing older.
 */
import type { WallBeat, WallGrouping, WallSnapshot } from "@mxray/contracts";
import { ApiProblem, api } from "../../api/client.ts";

/** The server is heard at least every 5 s; two beats that did not come make the picture stale. */
export const STALE_MS = 12_000;
const WATCH_MS = 1000;
const ASK_WHY_MS = 5000;
/** Between attempts: soon, then calmly; a little by chance, so that the screens of a room do not ask in step. */
const RETRY_MS = [1000, 2000, 4000, 8000] as const;
const RETRY_CHANCE_MS = 1000;

export interface WallState {
  readonly snapshot: WallSnapshot | null;
  /** `performance.now()` when the server was heard last; of the page's beginning before that. */
  readonly heardAt: number;
  readonly connected: boolean;
  /** Why there is no connection. */
  readonly problem: ApiProblem | null;
  /** The connection came back at `at` after `afterMs` of silence. */
  readonly regained: { readonly at: number; readonly afterMs: number } | null;
}

export interface WallFeedOptions {
  readonly group: WallGrouping;
  readonly token: string | null;
  readonly onOtherVersion: () => void;
}

export class WallFeed {
  readonly #query: URLSearchParams;
  readonly #onOtherVersion: () => void;
  readonly #listeners = new Set<() => void>();
  #state: WallState = { snapshot: null, heardAt: performance.now(), connected: false, problem: null, regained: null };
  #source: EventSource | null = null;
  #triedAt = 0;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ group, token, onOtherVersion }: WallFeedOptions) {
    this.#query = new URLSearchParams({ group, ...(token === null ? {} : { token }) });
    this.#onOtherVersion = onOtherVersion;
  }

  readonly state = (): WallState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** To be called once; there is no end but the page's. */
  start(): void {
    this.#connect();
    setInterval(() => this.#watch(), WATCH_MS);
  }

  #connect(): void {
    this.#triedAt = performance.now();
    const source = new EventSource(`/api/v1/wall/events?${this.#query}`);
    this.#source = source;
    source.addEventListener("snapshot", ({ data }: MessageEvent<string>) => this.#hear(JSON.parse(data) as WallSnapshot));
    source.addEventListener("beat", ({ data }: MessageEvent<string>) => this.#hear(JSON.parse(data) as WallBeat));
    source.addEventListener("error", () => this.#lose());
  }

  #hear(message: WallSnapshot | WallBeat): void {
    const { snapshot, heardAt, connected, regained } = this.#state;
    const next = "schema" in message ? message : snapshot;
    if (snapshot !== null && next !== null && next.version !== snapshot.version) {
      this.#onOtherVersion();
      return;
    }
    const now = performance.now();
    this.#attempts = 0;
    this.#change({
      snapshot: next,
      heardAt: now,
      connected: true,
      problem: null,
      regained: !connected && snapshot !== null ? { at: now, afterMs: now - heardAt } : regained,
    });
  }

  /** A connection may also die in silence. */
  #watch(): void {
    const since = Math.max(this.#state.heardAt, this.#triedAt);
    if (this.#source !== null && performance.now() - since > STALE_MS) this.#lose();
  }

  #lose(): void {
    if (this.#source === null) return;
    this.#source.close();
    this.#source = null;
    this.#change({ ...this.#state, connected: false });
    void this.#askWhy();
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 0;
    this.#attempts += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait + Math.random() * RETRY_CHANCE_MS);
  }

  /** An event stream does not tell why it could not be had; the same question without a stream does. */
  async #askWhy(): Promise<void> {
    try {
      await api.wall(this.#query, AbortSignal.timeout(ASK_WHY_MS));
    } catch (error) {
      if (!this.#state.connected && error instanceof ApiProblem) this.#change({ ...this.#state, problem: error });
    }
  }

  #change(state: WallState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
