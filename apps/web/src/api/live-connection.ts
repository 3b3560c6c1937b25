/** What happens on the server, for everything on this page that wants to know; over the stream that all tabs share, where tabs can share. */
import { LiveLink, type LiveMessage, type LiveStatus, NOT_CONNECTED } from "./live-link.ts";
import type { FromLiveWorker, ToLiveWorker } from "./live-worker.ts";

type Listener = (message: LiveMessage) => void;

export class LiveConnection {
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<() => void>();
  #status = NOT_CONNECTED;
  /** What the server gave out when this page was loaded. */
  #page: string | null = null;
  #retry: () => void = () => {};

  constructor() {
    if ("SharedWorker" in globalThis) this.#share();
    else this.#own();
  }

  readonly status = (): LiveStatus => this.#status;

  /** The server gives out a newer page than this one. */
  readonly isStale = (): boolean => this.#status.page !== this.#page;

  readonly onStatus = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly onMessage = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Connects now, rather than in a while: somebody signed in again. */
  retry(): void {
    this.#retry();
  }

  #share(): void {
    const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), { type: "module", name: "mxray live" });
    const { port } = worker;
    const say = (word: ToLiveWorker) => port.postMessage(word);
    port.onmessage = ({ data }: MessageEvent<FromLiveWorker>) => {
      if ("status" in data) this.#stands(data.status);
      else this.#hear(data.message);
    };
    this.#retry = () => say("retry");
    // It could not be loaded: a stream of one's own serves as well.
    worker.onerror = () => this.#own();
    addEventListener("pagehide", ({ persisted }) => persisted || say("leave"));
  }

  #own(): void {
    const link = new LiveLink({ onStatus: (status) => this.#stands(status), onMessage: (message) => this.#hear(message) });
    this.#retry = () => link.retry();
  }

  #stands(status: LiveStatus): void {
    this.#status = status;
    this.#page ??= status.page;
    for (const watcher of this.#watchers) watcher();
  }

  #hear(message: LiveMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}
