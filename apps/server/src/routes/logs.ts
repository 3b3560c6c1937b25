/** Followed logs: sources, what they show, and the lines behind it. Besides: an uploaded log, a pasted line. */

import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { printable } from "@mxray/contracts";
import {
  ErrorBody,
  LogEventList,
  LogEventQuery,
  LogExplainRequest,
  LogExplanation,
  LogMessage,
  LogQuery,
  LogScan,
  LogSeries,
  LogSource,
  LogSourceList,
  LogSourceRequest,
  LogStatistics,
  LogStatisticsQuery,
  LogWorstPeers,
} from "@mxray/contracts/schemas";
import { refusalOfLocation } from "@mxray/maillog";
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { Config } from "../config/config.ts";
import type { App } from "../http/app-type.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { Settings } from "../live-settings.ts";
import type { FollowedLogs } from "../logs/following/followed-logs.ts";
import { logCandidates } from "../logs/following/log-candidates.ts";
import { explainText } from "../logs/reading/log-explain.ts";
import { filterOf, rangeOf, timeOf } from "../logs/reading/log-query.ts";
import { scanLog } from "../logs/reading/log-scan.ts";
import { bucketOf } from "../logs/reading/series-buckets.ts";
import { notFound, Refusal } from "../refusal.ts";

export interface LogRoutesDeps {
  readonly config: Config;
  readonly settings: Settings;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly followedLogs: FollowedLogs;
}

/** Uploads that are read at a time. */
const MOST_SCANS = 2;
/** Of one message. */
const MOST_LINES = 500;

export async function logRoutes(app: App, { config, settings, store, feed, followedLogs }: LogRoutesDeps): Promise<void> {
  const tags = ["logs"];

  app.get(
    "/api/v1/logs/sources",
    { schema: { tags, summary: "List followed logs, and how they stand", response: { 200: LogSourceList, "4xx": ErrorBody } } },
    async () => {
      const sources = followedLogs.sources();
      const candidates = await logCandidates(
        config.logFolders,
        sources.map(({ location }) => location),
      );
      return { sources, candidates, probing: settings.values.logProbing };
    },
  );

  app.post(
    "/api/v1/logs/sources",
    { schema: { tags, summary: "Follow a log", body: LogSourceRequest, response: { 201: LogSource, "4xx": ErrorBody } } },
    async ({ body: { location } }, reply) => {
      const refusal = refusalOfLocation(location, config.logFolders);
      if (refusal !== null) throw new Refusal("invalid-location", refusal);
      const source = await followedLogs.add(location);
      if (source === null) throw new Refusal("already-followed", `${printable(location, 200)} is followed already.`);
      return reply.code(201).send(source);
    },
  );

  app.delete(
    "/api/v1/logs/sources/:id",
    {
      schema: {
        tags,
        summary: "Follow a log no longer",
        description: "Its kept lines are forgotten; its counts stay until they are too old.",
        params: Type.Object({ id: Type.Integer() }),
      },
    },
    async ({ params }, reply) => {
      const source = followedLogs.sources().find(({ id }) => id === params.id);
      if (source === undefined) throw notFound("log source");
      if (source.origin === "environment") {
        throw new Refusal("named-by-environment", "The server's environment names this log (MXRAY_LOGS); take it out there.");
      }
      await followedLogs.remove(params.id);
      return reply.code(204).send();
    },
  );

  app.get(
    "/api/v1/logs/statistics",
    {
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

  app.get(
    "/api/v1/logs/events",
    {
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

  app.post(
    "/api/v1/logs/explain",
    {
      schema: {
        tags,
        summary: "What a log line, a bounce or a queue id already tells",
        body: LogExplainRequest,
        response: { 200: LogExplanation, "4xx": ErrorBody },
      },
    },
    async ({ body }) => await explainText(body.text, store.logs),
  );

  await app.register(async (uploads) => {
    // As it comes, whatever it calls itself, and of any size.
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    let scans = 0;
    uploads.post(
      "/api/v1/logs/scan",
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          tags,
          summary: "Analyse a log without storing it",
          description:
            "The body is the log, plain, gzip or zstd, of any size; its Content-Type does not matter. With `id`, progress is told at /api/v1/events as `log-scan`.",
          querystring: Type.Object({
            name: Type.String({ maxLength: 300, default: "upload" }),
            id: Type.Optional(Type.String({ maxLength: 64 })),
          }),
          response: { 200: LogScan, "4xx": ErrorBody, 503: ErrorBody },
        },
      },
      async (request) => {
        const { name, id } = request.query as { name: string; id?: string };
        if (scans >= MOST_SCANS) {
          // Whoever still sends hears no answer before all was taken: the connection would break under it.
          await taken(request.body as Readable | undefined);
          throw new Refusal("busy", `${MOST_SCANS} logs are being read already; try again in a moment.`);
        }
        scans += 1;
        try {
          const body = request.body as Readable | undefined;
          if (body === undefined) throw new Refusal("invalid-request", "Send the log as the request's body.");
          return await scanLog(body, {
            name: printable(name, 300),
            onProgress: (progress) => (id === undefined ? undefined : feed.tell({ type: "log-scan", id, ...progress })),
          });
        } finally {
          scans -= 1;
        }
      },
    );
  });
}

async function taken(body: Readable | undefined): Promise<void> {
  if (body !== undefined) await finished(body.resume()).catch(() => undefined);
}
