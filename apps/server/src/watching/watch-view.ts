/** A watch as the API shows it. */
import type { Watch } from "@mxray/contracts";
import type { StoredWatch } from "@mxray/store";
import { watchInterval } from "./watch-schedule.ts";

/** @param configuredMs milliseconds between two of its rounds */
export function watchView(
  { request: _request, code: _code, memory: _memory, everyMinutes, rounds, tags, ...watch }: StoredWatch,
  configuredMs: number,
): Watch {
  const minutes = watchInterval(configuredMs, watch.refusals) / 60_000;
  return { ...watch, rounds: [...rounds], tags: [...tags], ownMinutes: everyMinutes, everyMinutes: minutes };
}
