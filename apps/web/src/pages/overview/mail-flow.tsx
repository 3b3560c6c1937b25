import { DIRECTIONS, type Direction, type LogSeries, type LogWorstPeers } from "@mxray/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense } from "react";
import { api } from "../../api/client.ts";
import { zoneName } from "../../format/moments.ts";
import { formatDuration } from "../../format/numbers.ts";
import { TimeBars } from "../../panels/charts/time-bars.ts";
import { type SeriesPoint, seriesRows } from "../../panels/logs/series-rows.ts";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { OUTCOME_LOOKS } from "../../ui/outcome-look.ts";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { FlowFigures } from "./flow-figures.tsx";
import { FLOW_RANGES } from "./overview-search.ts";
import { StalledStages } from "./stalled-stages.tsx";
import { WorstPeers } from "./worst-peers.tsx";

const LAYERS = [
  { key: "sent", name: "delivered", look: OUTCOME_LOOKS.delivered },
  { key: "deferred", name: "deferred", look: OUTCOME_LOOKS.deferred },
  { key: "failed", name: "given up", look: OUTCOME_LOOKS.failed },
  { key: "stalled", name: "stalled", look: OUTCOME_LOOKS.stalled, below: true },
];

const route = getRouteApi("/");
const FRESH_MS = 30_000;

/** What became of mail, where it stalled and with whom, as the followed logs tell it. */
export function MailFlow() {
  const { flow = "day" } = route.useSearch();
  const navigate = route.useNavigate();
  const series = useQuery({
    queryKey: ["mail-flow", flow],
    queryFn: async () => {
      const from = new Date(Date.now() - FLOW_RANGES[flow] * 1000).toISOString();
      const [outbound, inbound, worst] = await Promise.all([
        api.logSeries({ from, direction: "outbound" }),
        api.logSeries({ from, direction: "inbound" }),
        api.logWorstPeers({ from }),
      ]);
      return { series: { outbound, inbound }, worst };
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
          change={(range) => void navigate({ search: { flow: range === "day" ? undefined : range }, replace: true, resetScroll: false })}
        />
      }
    >
      <Answers to={[series]}>{(directions) => <Flow {...directions} />}</Answers>
    </Card>
  );
}

function Flow({ series, worst }: { series: Record<Direction, LogSeries>; worst: LogWorstPeers }) {
  if (DIRECTIONS.every((direction) => series[direction].outcomes.length === 0)) {
    return <p className="py-6 text-center text-soft">The logs show no mail in this period.</p>;
  }
  const both = bothOf(series);
  return (
    <div className="@container">
      <div className="grid grid-cols-1 gap-x-8 gap-y-6 @5xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="min-w-0">
          <FlowFigures series={series} />
          <figure className="m-0 mt-4 h-64">
            <Suspense fallback={<p className="grid h-full place-items-center text-soft">Loading the chart …</p>}>
              <TimeBars
                title="Mail flow"
                rows={seriesRows(both, flowPoints(both))}
                layers={LAYERS}
                axis={`time, ${zoneName()}`}
                count={`messages in ${formatDuration(both.bucketSeconds)}`}
              />
            </Suspense>
          </figure>
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-x-8 gap-y-6 @xl:grid-cols-2 @5xl:grid-cols-1">
          <StalledStages series={DIRECTIONS.map((direction) => series[direction])} />
          <WorstPeers worst={worst} />
        </div>
      </div>
    </div>
  );
}

/** In and out together. */
function bothOf({ outbound, inbound }: Record<Direction, LogSeries>): LogSeries {
  return { ...outbound, outcomes: [...outbound.outcomes, ...inbound.outcomes] };
}

function flowPoints({ outcomes }: LogSeries): SeriesPoint[] {
  return outcomes.map(({ at, outcome, count }) => ({
    at,
    key: outcome === "bounced" || outcome === "expired" ? "failed" : outcome,
    count,
  }));
}
