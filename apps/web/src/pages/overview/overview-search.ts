/** What the address of the overview holds. */
import { oneOf } from "../search-values.ts";

export const FLOW_RANGES = { hour: 3600, day: 86_400, week: 7 * 86_400 } as const;
type FlowRange = keyof typeof FLOW_RANGES;

export interface OverviewSearch {
  /** Of the mail flow; default `day`. */
  readonly flow?: FlowRange | undefined;
}

export function overviewSearch(given: Record<string, unknown>): OverviewSearch {
  return { flow: oneOf(Object.keys(FLOW_RANGES) as FlowRange[], given.flow) };
}
