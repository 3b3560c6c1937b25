/** Forgets what is older than the settings say: at the start, every hour, and when a setting was changed. */
import type { Store } from "@mxray/store";
import type { LiveFeed } from "./live-feed.ts";
import type { Settings } from "./live-settings.ts";
import type { FollowedLogs } from "./logs/following/followed-logs.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface HousekeepingDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly followedLogs: FollowedLogs;
  readonly feed: LiveFeed;
  readonly onError: (error: unknown) => void;
}

/** Ends with the signal, when what was begun is done. */
export async function keepHouse({ settings, store, followedLogs, feed, onError }: HousekeepingDeps, signal: AbortSignal): Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const tidy = async () => {
    if (signal.aborted) return;
    const now = Date.now();
    await followedLogs.tidy(Math.floor(now / 1000), settings.values.logEventDays);
    await store.probes.tidy(new Date(now - settings.values.probeDays * DAY_MS).toISOString(), new Date(now).toISOString());
  };
  const next = () => (running = running.then(tidy).catch(onError));
  const hourly = setInterval(next, HOUR_MS).unref();
  next();
  for await (const event of feed.changes(signal)) if (event.type === "settings") next();
  clearInterval(hourly);
  await running;
}
