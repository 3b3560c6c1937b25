import { DIRECTIONS, type Direction, LOG_OUTCOMES, type LogOutcome, type LogSeries } from "@mxray/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { FLOW_RANGES } from "./overview-search.ts";

const MailFlowChart = lazy(async () => ({ default: (await import("../../panels/mail-flow-chart.tsx")).MailFlowChart }));

const route = getRouteApi("/");
const FRESH_MS = 30_000;
const DIRECTION_WORDS: Record<Direction, string> = { outbound: "Outgoing", inbound: "Incoming" };
const OUTCOME_NAMES: Record<LogOutcome, string> = {
  sent: "delivered",
  deferred: "deferred",
  bounced: "bounced",
  expired: "given up",
  stalled: "stalled",
};

/** What became of mail, as the followed logs tell it. */
export function MailFlow() {
  const { flow = "day" } = route.useSearch();
  const navigate = route.useNavigate();
  const series = useQuery({
    queryKey: ["mail-flow", flow],
    queryFn: async () => {
      const from = new Date(Date.now() - FLOW_RANGES[flow] * 1000).toISOString();
      const [outbound, inbound] = await Promise.all([
        api.logSeries({ from, direction: "outbound" }),
        api.logSeries({ from, direction: "inbound" }),
      ]);
      return { outbound, inbound };
    },
    placeholderData: keepPreviousData,
    refetchInterval: FRESH_MS,
  });
  return (
    <Card
      title="Mail flow"
      aside={
        <PillChoice
          label="Range"
          value={flow}
          options={[
            ["hour", "Last hour"],
            ["day", "Last day"],
            ["week", "Last week"],
          ]}
          change={(range) => void navigate({ search: { flow: range === "day" ? undefined : range }, replace: true })}
        />
      }
    >
      <Answers to={[series]}>{(directions) => <Flow {...directions} />}</Answers>
    </Card>
  );
}

function Flow(series: Record<Direction, LogSeries>) {
  if (DIRECTIONS.every((direction) => series[direction].outcomes.length === 0)) {
    return <p className="py-6 text-center text-soft">The logs tell of no mail in this time.</p>;
  }
  return (
    <>
      <figure className="m-0 h-60" aria-hidden>
        <Suspense fallback={<p className="grid h-full place-items-center text-soft">Loading the chart …</p>}>
          <MailFlowChart series={series.outbound.outcomes.length > 0 ? series.outbound : series.inbound} />
        </Suspense>
      </figure>
      <table className="mt-3 w-full max-w-lg text-sm tabular-nums">
        <thead>
          <tr className="text-soft">
            <th scope="col" className="sr-only">
              What became of it
            </th>
            {DIRECTIONS.toReversed().map((direction) => (
              <th key={direction} scope="col" className="py-1 text-right font-semibold">
                {DIRECTION_WORDS[direction]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LOG_OUTCOMES.map((outcome) => (
            <tr key={outcome} className="border-t border-line">
              <th scope="row" className="py-1 text-left font-semibold">
                {OUTCOME_NAMES[outcome]}
              </th>
              {DIRECTIONS.toReversed().map((direction) => {
                const count = sumOf(series[direction], outcome);
                const look = count === 0 ? "text-faint" : outcome === "stalled" ? "font-semibold text-bad" : "";
                return (
                  <td key={direction} className={`py-1 text-right ${look}`}>
                    {formatCount(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function sumOf({ outcomes }: LogSeries, outcome: LogOutcome): number {
  return outcomes.reduce((sum, each) => (each.outcome === outcome ? sum + each.count : sum), 0);
}
