import type { StressSecond } from "@mxray/contracts";
import { lazy, Suspense } from "react";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";

const LoadCharts = lazy(async () => ({ default: (await import("./load-charts.tsx")).LoadCharts }));

/** What happened in each second, as charts and as a table. */
export function LoadPanel({ series, live }: { series: readonly StressSecond[]; live: boolean }) {
  if (series.length === 0) {
    return (
      <Card title="Over time">
        <p className="py-10 text-center text-soft">{live ? "The load has not begun yet." : "Nothing was measured."}</p>
      </Card>
    );
  }
  return (
    <Card title="Over time" aside={live ? "live" : `${series.length} s`}>
      <figure className="m-0">
        <Suspense fallback={<p className="grid h-64 place-items-center text-soft">Loading the charts …</p>}>
          <LoadCharts series={series} />
        </Suspense>
      </figure>
      <p className="mt-2 mb-3 text-sm text-soft">
        Latency counts from the moment that a message was due, not from when a connection was free for it: a stall shows in every message
        that had to wait.
      </p>
      <Disclosure title="As a table">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div className="max-h-72 overflow-auto" tabIndex={0}>
          <DataTable
            caption="Each second of the run"
            columns={["Second", ...["Due", "Accepted", "Failed", "50 %", "99 %", "Waiting", "Connections"].map((figures) => ({ figures }))]}
            rows={series.map((second) => ({
              key: String(second.second),
              cells: [
                second.second + 1,
                formatCount(second.due),
                formatCount(second.accepted),
                formatCount(second.deferred + second.rejected + second.reset + second.timedOut),
                second.p50 === null ? "–" : formatMs(second.p50),
                second.p99 === null ? "–" : formatMs(second.p99),
                formatCount(second.waiting),
                formatCount(second.connected),
              ],
            }))}
          />
        </div>
      </Disclosure>
    </Card>
  );
}
