/** Forgets what is older than the settings say: at the start, every hour, and when a setting was changed. */
import type { Store } from "@mxray/store";
import { Chore } from "./chore.ts";
import type { Settings } from "./live-settings.ts";
import type { FollowedLogs } from "./logs/following/followed-logs.ts";
import { TURN } from "./probing/host-pace.ts";
import type { WorkHealth } from "./work-health.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface HousekeepingDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly followedLogs: Pick<FollowedLogs, "tidy">;
  readonly health: WorkHealth;
  readonly onError: (error: unknown) => void;
}

/** @param erasing removes from the disk what was forgotten */
export function housekeeping({ settings, store, followedLogs, health, onError }: HousekeepingDeps, erasing: Pick<Chore, "ask">): Chore {
  const work = async () => {
    const now = Date.now();
    await followedLogs.tidy(Math.floor(now / 1000), settings.values.logEventDays);
    await store.probes.tidy(new Date(now - settings.values.probeDays * DAY_MS).toISOString(), new Date(now).toISOString());
    await store.findings.tidy(new Date(now - settings.values.probeDays * DAY_MS).toISOString());
    await store.stress.tidy(new Date(now - settings.values.probeDays * DAY_MS).toISOString());
    await store.alerts.tidy(new Date(now - settings.values.probeDays * DAY_MS).toISOString());
    const audited = new Date(now - settings.values.auditDays * DAY_MS).toISOString();
    await store.audit.tidy(audited);
    await store.tidy(new Date(now).toISOString(), audited);
    await store.chores.forgetTurns(TURN, new Date(now - HOUR_MS).toISOString());
    erasing.ask();
  };
  return new Chore({ name: "housekeeping", health, chores: store.chores, work, everyMs: HOUR_MS, pauseMs: () => 0, onError });
}
