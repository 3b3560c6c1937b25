/** Counts over time, peers, and the kept lines: what charts and lists show. */
import { type FoundMessage, type LogMeasure, outcomeOfMeasure, stallStageOfMeasure } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { LogFilter, LogStore, SeriesPoint } from "../../log-store.ts";
import type { Tables } from "../../tables.ts";
import { within } from "./counted-rows.ts";
import { eventOfText } from "./event-text.ts";

/** As its index has it. */
const QUEUE_ID = sql<string>`event ->> '$.queueId'`;

export function logViews(db: Kysely<Tables>): Pick<LogStore, "outcomes" | "stages" | "peers" | "events" | "messages" | "eventsOfMessage"> {
  return {
    outcomes: (filter, bucket) =>
      seriesOf(db, filter, bucket, (measure) => {
        const stage = stallStageOfMeasure(measure);
        return stage !== null && filter.stage !== undefined && stage !== filter.stage ? null : outcomeOfMeasure(measure);
      }),

    stages: (filter, bucket) =>
      seriesOf(db, filter, bucket, (measure) => {
        const stage = stallStageOfMeasure(measure);
        return filter.stage === undefined || stage === filter.stage ? stage : null;
      }),

    async peers({ text, host, limit }) {
      let query = db
        .selectFrom("log_peer")
        .select(["id", "name", "address", "port", "direction", "reach"])
        .orderBy("id", "desc")
        .limit(limit);
      if (host !== undefined) query = query.where((row) => row.or([row("name", "=", host), row("address", "=", host)]));
      if (text !== undefined) {
        const part = text.toLowerCase();
        query = query.where(sql<boolean>`instr(lower(coalesce(name, '') || ' ' || coalesce(address, '')), ${part}) > 0`);
      }
      return await query.execute();
    },

    async events({ from, to, direction, peers, stage }, { limit, before }) {
      let query = db.selectFrom("log_event").select(["id", "peer_id", "event"]).where("at", ">=", from).where("at", "<", to);
      if (before !== undefined) query = query.where("id", "<", before);
      if (stage !== undefined) query = query.where("stage", "=", stage);
      if (peers !== undefined) query = query.where("peer_id", "in", [...peers]);
      if (direction !== undefined) {
        query = query.where("peer_id", "in", (row) => row.selectFrom("log_peer").select("id").where("direction", "=", direction));
      }
      const rows = await query.orderBy("id", "desc").limit(limit).execute();
      return rows.map(({ id, peer_id, event }) => ({ id, peerId: peer_id, event: eventOfText(event) }));
    },

    async messages(prefix, limit) {
      const found: FoundMessage[] = [];
      for (const start of new Set([prefix, /^[0-9A-Fa-f]+$/.test(prefix) ? prefix.toUpperCase() : prefix])) {
        const rows = await db
          .selectFrom("log_event")
          .select(({ fn }) => [QUEUE_ID.as("queueId"), fn.countAll<number>().as("lines"), fn.max("at").as("lastAt")])
          .where(QUEUE_ID, ">=", start)
          .where(QUEUE_ID, "<", `${start}\u{10ffff}`)
          .groupBy(QUEUE_ID)
          .orderBy(QUEUE_ID)
          .limit(limit - found.length)
          .execute();
        found.push(...rows.map((row) => ({ ...row, lastAt: new Date(row.lastAt * 1000).toISOString() })));
      }
      return found;
    },

    async eventsOfMessage(queueId, limit) {
      const rows = await db.selectFrom("log_event").select("event").where(QUEUE_ID, "=", queueId).orderBy("id").limit(limit).execute();
      return rows.map(({ event }) => eventOfText(event));
    },
  };
}

async function seriesOf<K extends string>(
  db: Kysely<Tables>,
  filter: LogFilter,
  bucket: number,
  keyOf: (measure: LogMeasure) => K | null,
): Promise<SeriesPoint<K>[]> {
  const { rows } = await sql<{ start: number; measure: LogMeasure; count: number }>`
    select start / ${sql.lit(bucket)} * ${sql.lit(bucket)} as start, measure, sum(count) as count
    from log_count join log_measure on log_measure.id = measure_id
    where ${within(filter)} and peer_id >= 0 group by 1, measure_id order by 1`.execute(db);
  const points = new Map<string, { readonly start: number; readonly key: K; count: number }>();
  for (const { start, measure, count } of rows) {
    const key = keyOf(measure);
    if (key === null) continue;
    const point = points.get(`${start} ${key}`) ?? { start, key, count: 0 };
    point.count += count;
    points.set(`${start} ${key}`, point);
  }
  return [...points.values()];
}
