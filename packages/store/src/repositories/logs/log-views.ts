/** Counts over time, peers, and the kept lines: what charts and lists show. */
import { type LogMeasure, outcomeOfMeasure, stallStageOfMeasure } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { LogFilter, LogStore, SeriesPoint, WorstPeer } from "../../log-store.ts";
import type { Tables } from "../../tables.ts";
import { within } from "./counted-rows.ts";
import { eventOfText } from "./event-text.ts";

export function logViews(
  db: Kysely<Tables>,
): Pick<LogStore, "outcomes" | "stages" | "worstPeers" | "peers" | "events" | "eventsOfMessage"> {
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

    async worstPeers(filter, limit) {
      const { rows } = await sql<WorstPeer>`
        with kind as materialized (
          select id, measure like 'timeout %' or measure like 'loss %' as is_stall,
            measure in ('sent', 'recovered', 'again', 'deferred', 'bounced', 'expired', 'broken') as is_attempt
          from log_measure
        )
        select log_peer.id, name, address, port, direction, reach, stalled, attempts from (
          select peer_id, sum(is_stall * count) as stalled, sum(is_attempt * count) as attempts
          from log_count join kind on kind.id = measure_id
          where ${within(filter)} and peer_id > 0 and (is_stall or is_attempt) group by peer_id
        ) join log_peer on log_peer.id = peer_id
        where stalled > 0 order by stalled desc, attempts desc, log_peer.id limit ${limit}`.execute(db);
      return rows;
    },

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

    async eventsOfMessage(queueId, limit) {
      const rows = await db
        .selectFrom("log_event")
        .select("event")
        .where(sql<string>`event ->> '$.queueId'`, "=", queueId)
        .orderBy("id")
        .limit(limit)
        .execute();
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
