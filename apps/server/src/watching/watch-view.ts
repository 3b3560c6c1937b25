/** A watch as the API tells it. */
import type { Watch } from "@mxray/contracts";
import type { StoredWatch } from "@mxray/store";
import { watchInterval } from "./watch-schedule.ts";

export function watchView({ request: _request, code: _code, memory: _memory, rounds, ...watch }: StoredWatch, configuredMs: number): Watch {
  return { ...watch, rounds: [...rounds], everyMinutes: watchInterval(configuredMs, watch.refusals) / 60_000 };
}
