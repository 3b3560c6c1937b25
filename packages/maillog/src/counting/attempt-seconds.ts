/** How long attempts took, seconds, as far as their records show it. */
import { delaysOf } from "../entries/entry-delays.ts";
import type { LogEntry } from "../entries/log-entry.ts";

/** For a client's next line or block: the default of Postfix and Exim. */
const SERVER_WAITS_SECONDS = 300;

/** How long ago the attempt began when its failure is logged: a server's line comes when it has waited that long. */
export function attemptSeconds(entry: LogEntry): number {
  if (entry.direction === "inbound") return entry.event === "timeout" ? SERVER_WAITS_SECONDS : 0;
  return attemptBusySeconds(entry);
}

/** What the attempt itself took: connecting and transmitting. */
export function attemptBusySeconds(entry: LogEntry): number {
  const delays = delaysOf(entry);
  return delays === null ? 0 : delays[2] + delays[3];
}
