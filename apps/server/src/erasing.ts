/** Removes from the disk what was deleted: a moment after it was, and every hour. While others read it, it is tried again soon. */
import type { Store } from "@mxray/store";
import { Chore } from "./chore.ts";
import type { WorkHealth } from "./work-health.ts";

const HOUR_MS = 3_600_000;
const PAUSE_MS = 1000;

export interface ErasingDeps {
  readonly store: Store;
  readonly health: WorkHealth;
  readonly onError: (error: unknown) => void;
}

export function erasing({ store, health, onError }: ErasingDeps): Chore {
  const work = async () => {
    if (!(await store.erase())) chore.ask();
  };
  const chore: Chore = new Chore({
    name: "erasing",
    health,
    chores: store.chores,
    work,
    everyMs: HOUR_MS,
    pauseMs: () => PAUSE_MS,
    onError,
  });
  return chore;
}
