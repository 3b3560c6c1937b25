/** Columns from one value of the horizontal axis to another: a true axis, also where they are not equally wide. */
import { Line, type ScaleFunction, useXAxisScale, useYAxisScale } from "recharts";
import type { Look } from "../../ui/outcome-look.ts";
import { fillOf } from "./chart-fill.tsx";
import { UNSEEN } from "./chart-look.ts";

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
}: {
  /** Of the chart, for its patterns. */
  id: string;
  columns: readonly Column[];
  yAxis?: string | number;
}) {
  const x = useXAxisScale();
  const y = useYAxisScale(yAxis);
  return (
    <>
      <Line yAxisId={yAxis} {...UNSEEN} />
      {x !== undefined && y !== undefined && columns.map((column) => <Rect key={column.key} id={id} column={column} x={x} y={y} />)}
    </>
  );
}

function Rect({ id, column, x, y }: { id: string; column: Column; x: ScaleFunction; y: ScaleFunction }) {
  const [left, right] = [Number(x(column.from)), Number(x(column.to))];
  const [top, bottom] = [Number(y(column.top)), Number(y(column.bottom))];
  const width = right - left;
  const height = Math.max(LEAST, bottom - top);
  return (
    <rect
      className="chart-column"
      x={left + (width > 3 ? GAP / 2 : 0)}
      y={column.bottom < 0 ? top : bottom - height}
      width={Math.max(0.6, width > 3 ? width - GAP : width)}
      height={height}
      {...fillOf(id, column.look)}
    >
      {column.title !== undefined && <title>{column.title}</title>}
    </rect>
  );
}
