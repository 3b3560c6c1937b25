/** What the addresses of /host, /live and /queue hold: the agent whose machine is shown; without one it is the server's own. */
import type { MachineSearch } from "../api/client.ts";
import { textOf } from "./search-values.ts";

export function machineSearch(given: Record<string, unknown>): MachineSearch {
  return { agent: textOf(given.agent, 100) };
}
