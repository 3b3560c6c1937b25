/** How all charts look, and what they share. */
import { formatTimeOfDay } from "../../format/moments.ts";

export const AXIS = { stroke: "var(--line)", tick: { fill: "var(--soft)", fontSize: 12 }, tickLine: false };
export const GRID = { stroke: "var(--line)", strokeDasharray: "2 4" };
export const LEGEND = { verticalAlign: "top", align: "left", wrapperStyle: { fontSize: 12.5, paddingBottom: 8 } } as const;

const TWO_DAYS_MS = 2 * 86_400_000;

/** What stands under a horizontal axis; the chart leaves 22 pixels below. */
export function axisLabel(value: string) {
  return { value, position: "insideBottom" as const, offset: -14, fill: "var(--soft)", fontSize: 12 };
}

/** Of a chart whose rows can be picked by their place on the horizontal axis. */
export function picking(onPick: ((row: number) => void) | undefined) {
  if (onPick === undefined) return {};
  return {
    style: { cursor: "pointer" },
    onClick: ({ activeTooltipIndex }: { activeTooltipIndex?: number | string | null | undefined }) => {
      if (activeTooltipIndex != null) onPick(Number(activeTooltipIndex));
    },
  };
}

/** Marks of an axis of time, by how long it is; milliseconds. */
export function timeTick(from: number, to: number): (at: number) => string {
  return to - from > TWO_DAYS_MS
    ? (at) => new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short" })
    : (at) => formatTimeOfDay(at);
}
