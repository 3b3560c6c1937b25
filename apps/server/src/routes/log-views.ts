/** What followed logs show: statistics and series for charts, and the kept lines behind them. */
import { Buffer } from "node:buffer";
import {
  ErrorBody,
  LogEventList,
  LogEventQuery,
  LogMessage,
  LogQuery,
  LogSeries,
  LogStatistics,
  LogStatisticsQuery,
  LogWorstPeers,
} from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { App } from "../http/app-type.ts";
import { filterOf, rangeOf, timeOf } from "../logs/reading/log-query.ts";
import { bucketOf } from "../logs/reading/series-buckets.ts";

/** Of one message. */
const MOST_LINES = 500;

const tags = ["logs"];

export async function logViewRoutes(app: App, deps: { readonly store: Store }): Promise<void> {
  chartRoutes(app, deps);
  lineRoutes(app, deps);
}

function chartRoutes(app: App, { store }: { readonly store: Store }): void {
  app.get(
    "/api/v1/logs/statistics",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "Peers, sizes, stalls, backlog and troubles of a range",
        description:
          "The worst peers first. Peers that stalled: by minute for the last 2 days, by hour for 10, by day for 35, by four weeks before; the others are added up sooner (hours, six hours, days, weeks), their sizes by octave. A span counts where it begins in the range.",
        querystring: LogStatisticsQuery,
        response: { 200: LogStatistics, "4xx": ErrorBody },
      },
    },
    async ({ query: { peers, ...query } }, reply) => {
      const text = Buffer.from((await store.logs.statisticsText(await filterOf(store, query), peers)).buffer);
      return reply.type("application/json; charset=utf-8").send(text as never);
    },
  );

  app.get(
    "/api/v1/logs/series",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "Outcomes and stalled stages over time",
        querystring: LogQuery,
        response: { 200: LogSeries, "4xx": ErrorBody },
      },
    },
    async ({ query }) => {
      const filter = await filterOf(store, query);
      const bucket = bucketOf(filter.from, filter.to);
      const [outcomes, stages] = [await store.logs.outcomes(filter, bucket), await store.logs.stages(filter, bucket)];
      return {
        from: timeOf(filter.from),
        to: timeOf(filter.to),
        bucketSeconds: bucket,
        outcomes: outcomes.map(({ start, key, count }) => ({ at: timeOf(start), outcome: key, count })),
        stages: stages.map(({ start, key, count }) => ({ at: timeOf(start), stage: key, count })),
      };
    },
  );

  app.get(
    "/api/v1/logs/worst-peers",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "The peers that stall most, with what was tried",
        querystring: Type.Interface([LogQuery], { limit: Type.Integer({ minimum: 1, maximum: 100, default: 5 }) }),
        response: { 200: LogWorstPeers, "4xx": ErrorBody },
      },
    },
    async ({ query: { limit, ...query } }) => {
      const peers = await store.logs.worstPeers(await filterOf(store, query), limit);
      return { peers: peers.map(({ name, address, direction, stalled, attempts }) => ({ name, address, direction, stalled, attempts })) };
    },
  );
}

function lineRoutes(app: App, { store }: { readonly store: Store }): void {
  app.get(
    "/api/v1/logs/events",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "The kept lines behind the charts, the newest first",
        querystring: Type.Interface([LogEventQuery], {
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
          before: Type.Optional(Type.Integer()),
        }),
        response: { 200: LogEventList, "4xx": ErrorBody },
      },
    },
    async ({ query: { limit, before, minSize, maxSize, minBytes, maxBytes, ...query } }) => {
      const filter = {
        ...(await filterOf(store, query)),
        ...rangeOf("size", minSize, maxSize),
        ...rangeOf("bytes", minBytes, maxBytes),
      };
      const events = await store.logs.events(filter, { limit, ...(before === undefined ? {} : { before }) });
      return {
        events: events.map(({ id, event }) => ({ id, event })),
        next: events.length < limit ? null : (events.at(-1)?.id ?? null),
      };
    },
  );

  app.get(
    "/api/v1/logs/messages/:queueId",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "The kept lines of one message, the oldest first",
        description: `By its queue id, as logged; at most ${MOST_LINES}.`,
        params: Type.Object({ queueId: Type.String({ maxLength: 64 }) }),
        response: { 200: LogMessage, "4xx": ErrorBody },
      },
    },
    async ({ params: { queueId } }) => ({ queueId, events: await store.logs.eventsOfMessage(queueId, MOST_LINES) }),
  );
}
