import type { LogScan } from "@mxray/contracts";
import { useState } from "react";
import { isInView, type LogView } from "../../api/log-view.ts";
import { formatCount, formatMs } from "../../format/numbers.ts";
import { ChartZoom } from "../../panels/charts/chart-zoom.tsx";
import { LogLinesPanel } from "../../panels/logs/log-lines-panel.tsx";
import { LogPanels } from "../../panels/logs/log-panels.tsx";
import { NotUnderstoodPanel } from "../../panels/logs/not-understood-panel.tsx";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { showLines } from "./show-lines.ts";

/** What a dropped file holds. Points narrow the lines below; the charts stay those of the whole file. */
export function LogScanResult({ name, scan, close }: { name: string; scan: LogScan; close: () => void }) {
  const [view, setView] = useState<LogView>({});
  const { summary, statistics, series, events, notice } = scan;
  const { lines, recognised, from, to, elapsedMs, findings } = summary;
  const [finding, chooseFinding] = useState<string>();
  const narrowed = Object.keys(view).length > 0;
  const inView = events.filter((event) => isInView(event, view));
  return (
    <section aria-label={`Analysis of ${name}`} className="space-y-4" data-testid="log-scan">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-xl font-bold wrap-anywhere">{name}</h2>
          <p className="text-sm text-soft">
            {formatCount(recognised)} of {formatCount(lines)} lines recognised
            {from !== null && to !== null && (
              <>
                , <Time at={from} /> to <Time at={to} />
              </>
            )}
            . Read in {formatMs(elapsedMs)}.
          </p>
        </div>
        <Button onClick={close}>Close this file</Button>
      </div>
      {notice !== null && <Message tone="warn">{notice}</Message>}
      {recognised > 0 && (
        <>
          {findings.length === 0 && <Message tone="ok">No fault found in this log.</Message>}
          <ChartZoom>
            <LogPanels
              statistics={statistics}
              series={series}
              findings={findings}
              finding={finding}
              chooseFinding={chooseFinding}
              linked={false}
              onPick={(part) => {
                setView(part);
                showLines();
              }}
            />
          </ChartZoom>
          <LogLinesPanel
            events={inView}
            nothing={narrowed ? "None of the first error lines is in this part." : "No line in this log reports a problem."}
            more={
              narrowed && (
                <div className="mt-3 text-center">
                  <Button onClick={() => setView({})}>Show lines of the whole file</Button>
                </div>
              )
            }
          />
        </>
      )}
      <NotUnderstoodPanel {...summary.notUnderstood} />
    </section>
  );
}
