/** Columns from one value of the horizontal axis to another: a true axis, also where they are not equally wide. */
import { useXAxisScale, useYAxisScale } from "recharts";
import type { Look } from "../../ui/outcome-look.ts";
import { fillOf } from "./chart-fill.tsx";

export interface Column {
  readonly key: string;
  /** Along the horizontal axis. */
  readonly from: number;
  readonly to: number;
  /** Along the vertical axis; below 0 it hangs. */
  readonly bottom: number;
  readonly top: number;
  readonly look: Look;
  readonly title?: string;
}

const GAP = 1;
/** Pixels: one among thousands is seen, too. */
const LEAST = 2;

export function ChartColumns({
  id,
  columns,
  yAxis = 0,
  onPick,
}: {
  /** Of the chart, for its patterns. */
  id: string;
  columns: readonly Column[];
  yAxis?: string | number;
  onPick?: ((column: Column) => void) | undefined;
}) {
  const x = useXAxisScale();
  const y = useYAxisScale(yAxis);
  if (x === undefined || y === undefined) return null;
  return columns.map((column) => {
    const [left, right, top, bottom] = [x(column.from), x(column.to), y(column.top), y(column.bottom)].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const width = right - left;
    const height = Math.max(LEAST, bottom - top);
    return (
      <rect
        key={column.key}
        className="chart-column"
        x={left + (width > 3 ? GAP / 2 : 0)}
        y={column.bottom < 0 ? top : bottom - height}
        width={Math.max(0.6, width > 3 ? width - GAP : width)}
        height={height}
        {...fillOf(id, column.look)}
        {...(onPick === undefined ? {} : { onClick: () => onPick(column) })}
      >
        {column.title !== undefined && <title>{column.title}</title>}
      </rect>
    );
  });
}
