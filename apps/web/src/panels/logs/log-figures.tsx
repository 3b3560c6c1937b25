import { LOG_OUTCOMES, type LogSeries, type LogStatistics } from "@mxray/contracts";
import { LOG_OUTCOME_WORDS } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { Time } from "../../ui/time.tsx";

/** How much of what there was. */
export function LogFigures({
  series,
  backlog,
}: {
  series: LogSeries;
  /** Null where it is not looked at. */
  backlog: LogStatistics["backlog"] | null;
}) {
  const figures = LOG_OUTCOMES.map((outcome) => ({
    name: LOG_OUTCOME_WORDS[outcome],
    count: series.outcomes.reduce((sum, point) => sum + (point.outcome === outcome ? point.count : 0), 0),
    tone: outcome === "stalled" ? "text-bad" : "",
    more: null,
  }));
  const waiting = backlog !== null && {
    name: "still waiting",
    count: backlog.waiting,
    tone: "",
    more: backlog.oldest,
  };
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3 lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none">
      {[...figures, ...(waiting === false ? [] : [waiting])].map(({ name, count, tone, more }) => (
        <div key={name} className="flex flex-col-reverse justify-end bg-card px-4 py-3 last:odd:col-span-2 lg:last:odd:col-span-1">
          <dt className="text-sm text-soft">
            {name}
            {more !== null && (
              <span className="block text-xs text-faint">
                the oldest: <Time at={more} show="ago" />
              </span>
            )}
          </dt>
          <dd className={`text-2xl font-bold tabular-nums ${count > 0 ? tone : ""}`}>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
