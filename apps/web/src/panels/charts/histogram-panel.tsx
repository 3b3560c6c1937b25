import { lazy } from "react";
import { formatCount } from "../../format/numbers.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import type { HistogramChartProps } from "./histogram-chart.tsx";

const HistogramChart = lazy(async () => ({ default: (await import("./histogram-chart.tsx")).HistogramChart }));

interface HistogramPanelProps extends HistogramChartProps {
  readonly note: string;
  /** What is said where nothing was counted. */
  readonly nothing: string;
  /** Title of the values' column in the table. */
  readonly column: string;
}

export function HistogramPanel({ note, nothing, column, ...chart }: HistogramPanelProps) {
  const { title, bins, count, onPick } = chart;
  return (
    <ChartCard
      title={title}
      note={note}
      empty={bins.length === 0 ? nothing : null}
      chart={<HistogramChart {...chart} />}
      table={{
        caption: title,
        columns: [column, { figures: count }],
        rows: bins.map((bin) => ({ key: bin.title, cells: [bin.title, formatCount(bin.count)] })),
        onPick,
      }}
    />
  );
}
