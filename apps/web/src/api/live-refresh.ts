/**
 * Keeps what the page shows as it is now: whatever an event is about is asked for again, each list at most every two seconds; the
 * newest lines of logs sooner, so that each is seen within a second of being written.
 */
import type { LogSource, LogSourceList, StressRunDetail, StressSecond } from "@mxray/contracts";
import type { InfiniteData, Query, QueryClient, QueryKey } from "@tanstack/react-query";
import type { LiveConnection } from "./live-connection.ts";
import type { LiveMessage } from "./live-link.ts";
import { hasEnded } from "./use-live-probe.ts";
import { READ_UNDER_SETTINGS } from "./use-settings.ts";

const PAUSE_MS = 2000;
const LINES_PAUSE_MS = 450;
/** The same as long as the page lives. */
const FIXED: readonly unknown[] = ["playbook", "session"];

/** To be called once; there is no end but the page's. */
export function refreshFromLive(live: LiveConnection, client: QueryClient): void {
  const lists = new Lists(client, PAUSE_MS);
  const lines = new Lists(client, LINES_PAUSE_MS, isFirstPage);
  live.onMessage((message) => {
    if (message.type === "log-source") client.setQueryData(["log-sources"], sourceAmong(message.source));
    // Whoever waits for the end sees it at once.
    if (message.type === "probe" && hasEnded(message.probe)) void client.invalidateQueries({ queryKey: ["probe", message.probe.id] });
    if (message.type === "stress-second") client.setQueryData(["stress", "run", message.id], secondAdded(message.second));
    if (message.type === "logs") lines.touch(["logs", "events"]);
    for (const key of listsOf(message)) lists.touch(key);
  });
  let seen = 0;
  live.onStatus(() => {
    const { connected, connections } = live.status();
    if (!connected || connections === seen) return;
    seen = connections;
    const heardAt = Date.now();
    // What was asked for before may have missed something.
    const isOlder = ({ queryKey, state }: { queryKey: QueryKey; state: { dataUpdatedAt: number; status: string } }) =>
      !FIXED.includes(queryKey[0]) && state.status !== "pending" && state.dataUpdatedAt < heardAt;
    void client.invalidateQueries({ predicate: isOlder });
  });
}

/** What may have changed, as keys of queries. */
function listsOf(message: LiveMessage): readonly QueryKey[] {
  switch (message.type) {
    case "probe":
      return hasEnded(message.probe) ? [["probes"]] : [["probes"], ["probe", message.probe.id]];
    case "probe-forgotten":
      return [["probes"], ["probe", message.id]];
    case "findings":
      return [["findings"], ["finding"], ["logs", "findings"]];
    case "logs":
      return [["logs"]];
    case "watch":
      return [["watches"]];
    case "alerts":
      return [["channels"], ["alerts"]];
    case "settings":
      return READ_UNDER_SETTINGS;
    case "live-deliveries":
      return [["live"]];
    case "stress":
      return [["stress"]];
    case "log-source":
    case "stress-second":
    case "log-scan":
    case "probe-event":
      return [];
    default:
      return message satisfies never;
  }
}

/** Whoever has read on to older lines is in no hurry: all of them would be asked for. */
function isFirstPage({ state: { data } }: Query): boolean {
  return ((data as InfiniteData<unknown> | undefined)?.pages.length ?? 1) === 1;
}

/** A second that is there already came with the answer to a question. */
function secondAdded(second: StressSecond) {
  return (before: StressRunDetail | undefined) =>
    before && (before.series.some((each) => each.second === second.second) ? before : { ...before, series: [...before.series, second] });
}

function sourceAmong(source: LogSource) {
  return (before: LogSourceList | undefined) =>
    before && { ...before, sources: before.sources.map((each) => (each.id === source.id ? source : each)) };
}

/** Keys that were touched, and are asked for again in a moment; while nobody looks, when somebody looks again. */
class Lists {
  readonly #client: QueryClient;
  readonly #touched = new Map<string, QueryKey>();
  readonly #pauseMs: number;
  readonly #predicate: (query: Query) => boolean;
  #pausing = false;

  /** @param predicate which of the queries under a key are asked for again */
  constructor(client: QueryClient, pauseMs: number, predicate: (query: Query) => boolean = () => true) {
    this.#client = client;
    this.#pauseMs = pauseMs;
    this.#predicate = predicate;
    document.addEventListener("visibilitychange", () => this.#refresh());
  }

  touch(key: QueryKey): void {
    this.#touched.set(JSON.stringify(key), key);
    this.#refresh();
  }

  #refresh(): void {
    if (this.#pausing || document.hidden || this.#touched.size === 0) return;
    for (const queryKey of this.#touched.values()) void this.#client.invalidateQueries({ queryKey, predicate: this.#predicate });
    this.#touched.clear();
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#refresh();
    }, this.#pauseMs);
  }
}
