import { type ReactNode, Suspense, useState } from "react";
import { Card } from "./card.tsx";
import { DataTable, type DataTableProps } from "./data-table.tsx";
import { Segments } from "./segments.tsx";
import { WhenSeen } from "./when-seen.tsx";

const LOADING = <p className="grid h-full place-items-center text-soft">Loading the chart …</p>;
const VIEWS = { chart: "Chart", table: "Table" } as const;

/** A chart, and the same as a table for screen readers and those who want figures. */
export function ChartCard({
  title,
  note,
  empty,
  control,
  chart,
  table,
}: {
  title: string;
  /** What the chart says, or how it is to be read. */
  note: string;
  /** What is said in place of a chart without anything in it. */
  empty: string | null;
  /** What narrows this chart alone. */
  control?: ReactNode;
  chart: ReactNode;
  table: DataTableProps;
}) {
  const [view, setView] = useState<keyof typeof VIEWS>("chart");
  return (
    <Card title={title} aside={empty === null && <Segments options={["chart", "table"]} names={VIEWS} chosen={view} choose={setView} />}>
      {control}
      {empty !== null ? (
        <p className="py-10 text-center text-soft">{empty}</p>
      ) : (
        <>
          {view === "chart" && (
            <figure className="m-0">
              <div className="h-72">
                <WhenSeen fallback={LOADING}>
                  <Suspense fallback={LOADING}>{chart}</Suspense>
                </WhenSeen>
              </div>
            </figure>
          )}
          {view === "chart" ? (
            <div className="sr-only">
              <DataTable {...table} onPick={undefined} />
            </div>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <div className="h-64 overflow-auto" tabIndex={0}>
              <DataTable {...table} />
            </div>
          )}
          <p className="mt-2 text-sm text-soft">{note}</p>
        </>
      )}
    </Card>
  );
}
