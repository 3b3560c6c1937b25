/**
 * All followed logs: the list that the page shows, what starts and stops following one, and the findings of what they bring.
 *
 * Below it: `FollowerPool` runs the followers of many logs (`LocalFollowerPool` in this thread, `ThreadedFollowerPool` in a thread
 * of its own), `LogFollower` (in maillog) reads one log into a `FollowSink`, here the store.
 */
import type { LogBatch, LogSource } from "@mxray/contracts";
import { canonicalLocation } from "@mxray/maillog";
import type { Act, CommitOptions, Store, StoredAgent, StoredLogSource } from "@mxray/store";
import type { Config } from "../../config/config.ts";
import type { LiveFeed } from "../../live-feed.ts";
import type { WorkHealth } from "../../work-health.ts";
import type { LogFindings } from "../findings/log-findings.ts";
import type { FollowerNews, FollowerPool, SourceState } from "./follower-pool.ts";
import { LocalFollowerPool } from "./local-follower-pool.ts";
import { type LogEventCount, LogEventCounts } from "./log-event-counts.ts";
import { ThreadedFollowerPool } from "./threaded-follower-pool.ts";

export interface FollowedLogsDeps {
  readonly config: Config;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly findings: LogFindings;
  readonly health: WorkHealth;
  /** Called with what commits counted. */
  readonly onEvents: (events: readonly LogEventCount[]) => void;
  readonly onError: (error: unknown) => void;
}

/** Between two tellings of how a log stands. */
const TELL_MS = 500;
/** Between two looks at what other servers took off the list. */
const LOOK_MS = 15_000;
/** From the end of a pool to the next one; longer each time, until one has lasted. */
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 60_000;
const LASTED_MS = 60_000;

export class FollowedLogs {
  readonly #deps: FollowedLogsDeps;
  /** The state of each, here alone; pools report changes. */
  readonly #sources = new Map<number, LogSource>();
  /** Logs that are read here. */
  readonly #own = new Set<number>();
  /** Which agent reads a log, by the log's id. */
  readonly #readers = new Map<number, string>();
  /** Of this server among those of the store; null where there are no others. */
  readonly #server: string | null;
  readonly #changed = new Set<number>();
  #pool: FollowerPool;
  #poolBegan = performance.now();
  #pauseMs = LEAST_PAUSE_MS;
  #restarting: NodeJS.Timeout | null = null;
  #looking: NodeJS.Timeout | null = null;
  #telling: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(deps: FollowedLogsDeps) {
    this.#deps = deps;
    this.#server = deps.store.servers === null ? null : deps.config.serverName;
    this.#pool = this.#newPool();
  }

  /** Takes up what a former process left, and what the environment names. */
  async start(): Promise<void> {
    const { config, store } = this.#deps;
    const named = config.logs.map(canonicalLocation);
    const agents = new Map((await store.agents.list()).map(({ id, name }) => [id, name]));
    await store.logs.adoptSources(this.#server);
    for (const { id, location, origin, server } of await store.logs.sources()) {
      if (origin === "environment" && server === this.#server && !named.includes(location)) await store.logs.removeSource(id);
    }
    const by = { origin: "environment", server: this.#server } as const;
    for (const location of named) await store.logs.addSource(location, by, new Date().toISOString());
    for (const source of await store.logs.sources()) {
      if (source.agentId !== null)
        this.#show(source, agents.get(source.agentId) ?? null, "Its agent has not reported since this server started.");
      else if (source.server === this.#server) this.#follow(source);
      else this.#show(source, source.server, `The server ${source.server} has not reported since this one started.`);
    }
    if (store.servers !== null) this.#looking = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#telling !== null) clearTimeout(this.#telling);
    if (this.#restarting !== null) clearTimeout(this.#restarting);
    if (this.#looking !== null) clearInterval(this.#looking);
    await this.#pool.stop();
  }

  /** See `LogStore.tidy`. */
  async tidy(now: number, eventDays: number): Promise<void> {
    await this.#pool.tidy(now, eventDays);
  }

  sources(): LogSource[] {
    return [...this.#sources.values()];
  }

  /** Null when it is followed already. */
  async add(location: string, act?: Act): Promise<LogSource | null> {
    const by = { origin: "page", server: this.#server } as const;
    const source = await this.#deps.store.logs.addSource(canonicalLocation(location), by, new Date().toISOString(), act);
    return source === null ? null : this.#follow(source);
  }

  /** False when there is none. */
  async remove(id: number, act?: Act): Promise<boolean> {
    await this.#pool.leave(id);
    this.#forget(id);
    return await this.#deps.store.logs.removeSource(id, act);
  }

  /** The logs that an agent follows from now on; those that it followed before and does not name any more are forgotten. */
  async agentFollows({ id, name }: Pick<StoredAgent, "id" | "name">, locations: readonly string[]): Promise<StoredLogSource[]> {
    const { logs } = this.#deps.store;
    const named = locations.map(canonicalLocation);
    for (const source of await logs.sources()) {
      if (source.agentId === id && !named.includes(source.location)) await this.remove(source.id);
    }
    for (const location of named) await logs.addSource(location, { agentId: id }, new Date().toISOString());
    const sources = (await logs.sources()).filter(({ agentId }) => agentId === id);
    for (const source of sources) this.#show(source, name, null);
    return sources;
  }

  /** See `LogStore.commit`; false as well where the log is not that agent's. */
  async takeBatch(agentId: string, sourceId: number, batch: LogBatch, options: CommitOptions): Promise<boolean> {
    const { store, onEvents } = this.#deps;
    if ((await this.#readerOf(sourceId)) !== agentId || !(await store.logs.commit(sourceId, batch, options))) return false;
    const events = new LogEventCounts();
    events.add(batch);
    onEvents(events.take());
    this.#committed();
    return true;
  }

  /** How one of its logs stands. */
  agentReports(agentId: string, state: SourceState): void {
    if (this.#readers.get(state.id) === agentId) this.#is(state);
  }

  /** Nobody reads its logs at the moment. @param notice why: one sentence */
  async agentLeft(agentId: string, notice: string): Promise<void> {
    for (const source of this.#sources.values()) {
      if (this.#readers.get(source.id) !== agentId || source.notice === notice) continue;
      this.#is({ ...source, state: "waiting", linesPerSecond: 0, secondsLeft: null, notice });
    }
  }

  /** How a log stands that another server reads, or an agent that reports to it. */
  heard(source: LogSource): void {
    if (!this.#own.has(source.id)) this.#sources.set(source.id, source);
  }

  /** Forgets what another server of the same store took off the list. */
  async #look(): Promise<void> {
    try {
      const ids = new Set((await this.#deps.store.logs.sources()).map(({ id }) => id));
      for (const id of this.#sources.keys()) if (!ids.has(id)) this.#forget(id);
    } catch (error) {
      this.#deps.onError(error);
    }
  }

  #forget(id: number): void {
    this.#sources.delete(id);
    this.#readers.delete(id);
    this.#own.delete(id);
  }

  /** Another server of the same store may have welcomed the agent. */
  async #readerOf(sourceId: number): Promise<string | null> {
    if (!this.#readers.has(sourceId)) {
      const { logs, agents } = this.#deps.store;
      const source = (await logs.sources()).find(({ id }) => id === sourceId);
      const agent = (await agents.list()).find(({ id }) => id === source?.agentId);
      if (source !== undefined && agent !== undefined) this.#show(source, agent.name, null);
    }
    return this.#readers.get(sourceId) ?? null;
  }

  #follow(source: StoredLogSource): LogSource {
    this.#own.add(source.id);
    const state = this.#show(source, this.#server, null);
    this.#pool.follow(source);
    return state;
  }

  /** @param agent its reader's name: that of an agent, or of a server among several; else null */
  #show(
    { revision: _revision, position: _position, agentId, server: _server, ...shown }: StoredLogSource,
    agent: string | null,
    notice: string | null,
  ): LogSource {
    if (agentId !== null) this.#readers.set(shown.id, agentId);
    const state: LogSource = { ...shown, agent, state: "waiting", linesPerSecond: 0, lagBytes: 0, secondsLeft: null, notice };
    this.#sources.set(shown.id, state);
    return state;
  }

  #heard({ states, committed, events }: FollowerNews): void {
    this.#deps.onEvents(events);
    this.#deps.health.succeeded("logs");
    for (const state of states) this.#is(state);
    if (committed) this.#committed();
  }

  #committed(): void {
    if (this.#stopped) return;
    this.#deps.feed.tell({ type: "logs" });
    this.#deps.findings.touched();
  }

  #newPool(): FollowerPool {
    const { store, config, onError } = this.#deps;
    const { logFolders } = config;
    const reports = { onNews: (news: FollowerNews) => this.#heard(news), onError, onEnd: (reason: string) => this.#ended(reason) };
    this.#poolBegan = performance.now();
    return store.place === null
      ? new LocalFollowerPool({ ...reports, store: store.logs, logFolders })
      : new ThreadedFollowerPool({ place: store.place, logFolders }, reports);
  }

  #ended(reason: string): void {
    if (this.#stopped) return;
    this.#deps.health.failed("logs", `the thread that reads them ended: ${reason}`);
    const notice = `The thread that reads logs ended because ${reason}. It is started again.`;
    for (const source of this.#sources.values()) {
      if (this.#own.has(source.id)) this.#is({ ...source, state: "failed", linesPerSecond: 0, secondsLeft: null, notice });
    }
    const lasted = performance.now() - this.#poolBegan > LASTED_MS;
    this.#pauseMs = lasted ? LEAST_PAUSE_MS : Math.min(MOST_PAUSE_MS, 2 * this.#pauseMs);
    this.#restartIn(this.#pauseMs);
  }

  #restartIn(ms: number): void {
    this.#restarting = setTimeout(() => void this.#restart(), ms).unref();
  }

  /** A new pool reads on from the last commit of each log. */
  async #restart(): Promise<void> {
    const { store, health, onError } = this.#deps;
    try {
      const sources = await store.logs.sources();
      if (this.#stopped) return;
      this.#pool = this.#newPool();
      for (const source of sources) if (this.#own.has(source.id)) this.#follow(source);
      if (this.#sources.size === 0) health.succeeded("logs");
    } catch (error) {
      onError(error);
      if (!this.#stopped) this.#restartIn(MOST_PAUSE_MS / 2);
    }
  }

  #is(state: SourceState): void {
    const source = this.#sources.get(state.id);
    // It may have been removed from the list meanwhile.
    if (source === undefined) return;
    this.#sources.set(state.id, { ...source, ...state });
    this.#changed.add(state.id);
    if (this.#stopped) return;
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      const { feed } = this.#deps;
      for (const id of this.#changed) {
        const source = this.#sources.get(id);
        if (source !== undefined) feed.tell({ type: "log-source", source });
      }
      this.#changed.clear();
    }, TELL_MS).unref();
  }
}
