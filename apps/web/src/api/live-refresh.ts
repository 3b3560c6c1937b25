/** Keeps what the page shows as it is now: whatever an event is about is asked for again, each list at most every two seconds. */
import type { LogSource, LogSourceList } from "@mxray/contracts";
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { LiveConnection } from "./live-connection.ts";
import type { LiveMessage } from "./live-link.ts";
import { hasEnded } from "./use-live-probe.ts";
import { READ_UNDER_SETTINGS } from "./use-settings.ts";

const PAUSE_MS = 2000;
/** The same as long as the page lives. */
const FIXED: readonly unknown[] = ["playbook", "session"];

/** To be called once; there is no end but the page's. */
export function refreshFromLive(live: LiveConnection, client: QueryClient): void {
  const lists = new Lists(client);
  live.onMessage((message) => {
    if (message.type === "log-source") client.setQueryData(["log-sources"], sourceAmong(message.source));
    // Whoever waits for the end sees it at once.
    if (message.type === "probe" && hasEnded(message.probe)) void client.invalidateQueries({ queryKey: ["probe", message.probe.id] });
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
    case "settings":
      return READ_UNDER_SETTINGS;
    case "log-source":
    case "log-scan":
    case "probe-event":
      return [];
    default:
      return message satisfies never;
  }
}

function sourceAmong(source: LogSource) {
  return (before: LogSourceList | undefined) =>
    before && { ...before, sources: before.sources.map((each) => (each.id === source.id ? source : each)) };
}

/** Keys that were touched, and are asked for again in a moment; while nobody looks, when somebody looks again. */
class Lists {
  readonly #client: QueryClient;
  readonly #touched = new Map<string, QueryKey>();
  #pausing = false;

  constructor(client: QueryClient) {
    this.#client = client;
    document.addEventListener("visibilitychange", () => this.#refresh());
  }

  touch(key: QueryKey): void {
    this.#touched.set(JSON.stringify(key), key);
    this.#refresh();
  }

  #refresh(): void {
    if (this.#pausing || document.hidden || this.#touched.size === 0) return;
    for (const queryKey of this.#touched.values()) void this.#client.invalidateQueries({ queryKey });
    this.#touched.clear();
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#refresh();
    }, PAUSE_MS);
  }
}
