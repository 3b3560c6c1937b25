/** How all charts look. */
export const AXIS = { stroke: "var(--line)", tick: { fill: "var(--soft)", fontSize: 12 }, tickLine: false };

/** What stands under a horizontal axis; the chart leaves 22 pixels below. */
export function axisLabel(value: string) {
  return { value, position: "insideBottom" as const, offset: -14, fill: "var(--soft)", fontSize: 12 };
}
