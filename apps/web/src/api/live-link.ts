/**
 * The one event stream from the server: made anew whenever it ends, errs or falls silent. Knows nothing of pages, so that it
 * can also run in a worker that all tabs share.
 */
import type { LiveEvent, WorkProblem } from "@mxray/contracts";

/** What happens; the rest of a stream is about the stream itself. */
export type LiveMessage = Exclude<LiveEvent, { type: "hello" | "beat" | "problems" }>;

export interface LiveStatus {
  readonly connected: boolean;
  /** `Date.now()` when the connection was lost; null while there is one, and before the first. */
  readonly lostAt: number | null;
  /** How often it was made: what was asked for before may be old when this changes. */
  readonly connections: number;
  /** Which build of the page the server gives out, as it said last. */
  readonly page: string | null;
  /** Work of the server that is not done at the moment. */
  readonly problems: readonly WorkProblem[];
  /** The server wants a new session; nothing is tried until `retry`. */
  readonly signedOut: boolean;
}

export const NOT_CONNECTED: LiveStatus = { connected: false, lostAt: null, connections: 0, page: null, problems: [], signedOut: false };

/** Every type of message; the compiler misses none. */
const TYPES = Object.keys({
  probe: true,
  "probe-forgotten": true,
  "probe-event": true,
  "log-source": true,
  logs: true,
  "live-deliveries": true,
  findings: true,
  "log-scan": true,
  settings: true,
  alerts: true,
  watch: true,
  stress: true,
  "stress-second": true,
} satisfies Record<LiveMessage["type"], true>);

/** The server is heard every 15 s. */
const SILENT_MS = 40_000;
const WATCH_MS = 5000;
/** Between attempts: soon, then calmly; a little by chance, so that the tabs of a team do not ask in step. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000] as const;
const RETRY_CHANCE_MS = 300;

export interface LiveLinkOptions {
  readonly onStatus: (status: LiveStatus) => void;
  readonly onMessage: (message: LiveMessage) => void;
}

export class LiveLink {
  readonly #options: LiveLinkOptions;
  #status = NOT_CONNECTED;
  #source: EventSource | null = null;
  #heardAt = 0;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveLinkOptions) {
    this.#options = options;
    this.#connect();
    setInterval(() => {
      if (this.#source !== null && performance.now() - this.#heardAt > SILENT_MS) this.#lose();
    }, WATCH_MS);
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** Now, rather than in a while. */
  retry(): void {
    if (this.#source !== null) return;
    this.#change({ signedOut: false });
    this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#heardAt = performance.now();
    const source = new EventSource("/api/v1/events");
    this.#source = source;
    const hear = ({ data }: MessageEvent<string>): LiveEvent => {
      this.#heardAt = performance.now();
      return JSON.parse(data) as LiveEvent;
    };
    source.addEventListener("hello", (message: MessageEvent<string>) => {
      const event = hear(message);
      if (event.type !== "hello") return;
      this.#attempts = 0;
      const { page, problems } = event;
      this.#change({ connected: true, lostAt: null, connections: this.#status.connections + 1, page, problems, signedOut: false });
    });
    source.addEventListener("problems", (message: MessageEvent<string>) => {
      const event = hear(message);
      if (event.type === "problems") this.#change({ problems: event.problems });
    });
    source.addEventListener("beat", hear);
    for (const type of TYPES) {
      source.addEventListener(type, (message: MessageEvent<string>) => this.#options.onMessage(hear(message) as LiveMessage));
    }
    source.addEventListener("error", () => this.#lose());
  }

  #lose(): void {
    if (this.#source === null) return;
    this.#source.close();
    this.#source = null;
    this.#change({ connected: false, lostAt: this.#status.lostAt ?? Date.now() });
    void this.#tryAgain();
  }

  /** An event stream does not tell why it could not be had; the same question without a stream does. */
  async #tryAgain(): Promise<void> {
    const answer = await fetch("/api/v1/session").catch(() => null);
    if (this.#source !== null) return;
    if (answer?.status === 401) {
      this.#change({ signedOut: true });
      return;
    }
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 0;
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.retry(), wait + Math.random() * RETRY_CHANCE_MS);
  }

  #change(part: Partial<LiveStatus>): void {
    this.#status = { ...this.#status, ...part };
    this.#options.onStatus(this.#status);
  }
}
