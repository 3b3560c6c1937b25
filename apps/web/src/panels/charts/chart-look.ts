/** How all charts look, and what they share. */

export const AXIS = { stroke: "var(--line)", tick: { fill: "var(--soft)", fontSize: 12 }, tickLine: false };
export const GRID = { stroke: "var(--line)", strokeDasharray: "2 4" };
export const CROSSHAIR = { stroke: "var(--faint)", strokeWidth: 1 };
/** Below the plot there is room for the title of the axis. */
export const MARGIN = { top: 8, right: 16, bottom: 20, left: 6 };

/** The title below a horizontal axis, with its unit. */
export function axisTitle(value: string) {
  return { value, position: "insideBottom" as const, offset: -14, fill: "var(--soft)", fontSize: 12 };
}

/** The title along a vertical axis, with its unit. */
export function sideTitle(value: string, side: "left" | "right" = "left", fill = "var(--soft)") {
  return {
    value,
    angle: side === "left" ? -90 : 90,
    position: side === "left" ? ("insideLeft" as const) : ("insideRight" as const),
    style: { textAnchor: "middle" as const, fill, fontSize: 12 },
  };
}

const ZERO = () => 0;
/** A series that is not seen: an axis has a scale, and the crosshair its stops, only where there is one. The same function each time, or the chart would never come to rest. */
export const UNSEEN = { dataKey: ZERO, stroke: "none", dot: false, activeDot: false, isAnimationActive: false } as const;

const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** `812`, `12K`: a count on an axis. */
export function formatCompact(count: number): string {
  return COMPACT.format(count);
}
