/** Maintenance windows: when one is open, and for which monitors. Pure. */
import type { Maintenance } from "@mxray/contracts";
import type { StoredWatch } from "@mxray/store";
import { Cron } from "croner";

const MINUTE_MS = 60_000;

/** @param now milliseconds since 1970 @returns when the last of the open windows that cover it ends; null outside all */
export function maintenanceEnd(windows: readonly Maintenance[], watch: Pick<StoredWatch, "target" | "tags">, now: number): number | null {
  const ends = windows.filter((one) => covers(one, watch)).flatMap((one) => openUntil(one, now) ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** @param now milliseconds since 1970 @returns those that are open */
export function openWindows(windows: readonly Maintenance[], now: number): Maintenance[] {
  return windows.filter((one) => openUntil(one, now) !== null);
}

/** @returns a sentence for a window that cannot be; null where it can */
export function maintenanceProblem({ name, targets, tags, beginsAt, cron, timezone }: Maintenance): string | null {
  if (targets.length + tags.length === 0) return `The window '${name}' names neither targets nor tags.`;
  if ((beginsAt === null) === (cron === null)) return `The window '${name}' needs either a time of beginning or a cron expression.`;
  try {
    new Cron(cron ?? "0 0 * * *", { timezone, mode: "5-part", paused: true }).nextRun();
    return null;
  } catch {
    return `The window '${name}' has a cron expression or time zone that cannot be read: '${cron ?? timezone}'.`;
  }
}

function covers({ targets, tags }: Maintenance, watch: Pick<StoredWatch, "target" | "tags">): boolean {
  return targets.includes(watch.target) || tags.some((tag) => watch.tags.includes(tag));
}

function openUntil({ beginsAt, cron, timezone, minutes }: Maintenance, now: number): number | null {
  const length = minutes * MINUTE_MS;
  if (beginsAt !== null) {
    const end = Date.parse(beginsAt) + length;
    return Date.parse(beginsAt) <= now && now < end ? end : null;
  }
  // The first beginning that could still be open; later ones may follow before it ends.
  const begin = new Cron(cron ?? "", { timezone, mode: "5-part", paused: true }).nextRun(new Date(now - length))?.getTime();
  return begin === undefined || begin > now ? null : begin + length;
}
