/**
 * The other servers of one database: what happens on one of them is told to all, so that a page hears the same from each. What is told
 * while PostgreSQL is away is lost; then pages ask again for what may have changed.
 */
import type { LiveEvent, ProbeSummary } from "@mxray/contracts";
import type { Servers } from "@mxray/store";
import type { FeedNews, LiveFeed } from "./live-feed.ts";

export interface OtherServersDeps {
  readonly servers: Servers;
  readonly feed: LiveFeed;
  /** Called with what happened on another server, and waited for before pages hear of it. */
  readonly onNews: (news: FeedNews) => Promise<void>;
  /** Of a probe, as it is now; null where it was forgotten. */
  readonly probeOf: (id: string) => Promise<ProbeSummary | null>;
  readonly onError: (error: unknown) => void;
}

/** Of no interest to the pages of another server. */
const OWN: ReadonlySet<LiveEvent["type"]> = new Set(["problems", "live-deliveries"]);
/** News of so long are one message, milliseconds. */
const GATHERED_MS = 20;
/** While PostgreSQL is away, older ones are dropped. */
const MOST_GATHERED = 5000;
/** What may have changed while nothing was heard. */
const AFTER_GAP = ["settings", "findings", "logs", "alerts"] as const;

export class OtherServers {
  readonly #deps: OtherServersDeps;
  #gathered: FeedNews[] = [];
  #telling: Promise<void> | null = null;
  #hearing: Promise<void> = Promise.resolve();

  constructor(deps: OtherServersDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { servers, feed, probeOf } = this.#deps;
    feed.relay((news) => this.#tell(news));
    servers.listen({
      onText: (text) => this.#hear(() => JSON.parse(text) as FeedNews[]),
      onGap: () => {
        this.#hear(() => AFTER_GAP.map((type) => ({ kind: "event", event: { type } })));
        for (const id of feed.running()) {
          this.#hear(async () => {
            const probe = await probeOf(id);
            return probe === null ? [] : [{ kind: "probe", probe }];
          });
        }
      },
    });
  }

  /** Returns when what was gathered is told, or cannot be. */
  async stop(): Promise<void> {
    await this.#telling;
    await this.#hearing;
  }

  /** One after the other, as it was told. */
  #hear(heard: () => readonly FeedNews[] | Promise<readonly FeedNews[]>): void {
    const { feed, onNews, onError } = this.#deps;
    this.#hearing = this.#hearing
      .then(async () => {
        for (const news of await heard()) {
          await onNews(news);
          feed.heard(news);
        }
      })
      .catch(onError);
  }

  #tell(news: FeedNews): void {
    if (news.kind === "event" && OWN.has(news.event.type)) return;
    this.#gathered.push(news);
    if (this.#gathered.length > MOST_GATHERED) this.#gathered.shift();
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = null;
    });
  }

  async #tellAll(): Promise<void> {
    while (this.#gathered.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHERED_MS));
      const gathered = this.#gathered;
      this.#gathered = [];
      await this.#deps.servers.tell(JSON.stringify(gathered)).catch(this.#deps.onError);
    }
  }
}
