/** Counts over time, peers, and the kept lines: what charts and lists show. */
import { type FoundMessage, type LogMeasure, outcomeOfMeasure, stallStageOfMeasure } from "@mxray/contracts";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { EventFilter, LogFilter, LogStore, SeriesPoint, WorstPeer } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { holdsText, listOf } from "../../sql/dialect.ts";
import { within } from "./counted-rows.ts";
import { eventOfText } from "./event-text.ts";
import { botPeers, peerSums } from "./peer-sums.ts";

export function logViews(
  db: Kysely<Tables>,
): Pick<LogStore, "outcomes" | "stages" | "worstPeers" | "peers" | "events" | "messages" | "eventsOfMessage"> {
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
        select log_peer.id, name, address, port, direction, reach, stalled, delivered + deferred + refused + expired as attempts
        from ${peerSums(filter)} as peer join log_peer on log_peer.id = peer_id
        where stalled > 0 and not is_bot order by stalled desc, attempts desc, log_peer.id limit ${limit}`.execute(db);
      return rows;
    },

    async peers({ text, host, limit }) {
      let query = db
        .selectFrom("log_peer")
        .select(["id", "name", "address", "port", "direction", "reach"])
        .orderBy("id", "desc")
        .limit(limit);
      if (host !== undefined) query = query.where((row) => row.or([sql<boolean>`lower(name) = lower(${host})`, row("address", "=", host)]));
      if (text !== undefined) {
        query = query.where(holdsText(sql`coalesce(name, '') || ' ' || coalesce(address, '')`, text));
      }
      return await query.execute();
    },

    async events(filter, { limit, before }) {
      const found = sql<{ id: number }>`
        select id from log_event where ${among(filter, before)} order by at desc, id desc limit ${limit}`;
      const rows = await db
        .selectFrom("log_event")
        .select(["id", "peer_id", "event"])
        .where(sql<boolean>`id in (${found})`)
        .orderBy("at", "desc")
        .orderBy("id", "desc")
        .execute();
      return rows.map(({ id, peer_id, event }) => ({ id, peerId: peer_id, event: eventOfText(event) }));
    },

    async messages(prefix, limit) {
      const found: FoundMessage[] = [];
      for (const start of new Set([prefix, /^[0-9A-Fa-f]+$/.test(prefix) ? prefix.toUpperCase() : prefix])) {
        const rows = await db
          .selectFrom("log_event")
          .select(({ fn }) => ["queue_id as queueId", fn.countAll<number>().as("lines"), fn.max("at").as("lastAt")])
          .where("queue_id", ">=", start)
          .where("queue_id", "<", `${start}\u{10ffff}`)
          .groupBy("queue_id")
          .orderBy("queue_id")
          .$narrowType<{ queueId: string }>()
          .limit(limit - found.length)
          .execute();
        found.push(...rows.map((row) => ({ ...row, lastAt: new Date(row.lastAt * 1000).toISOString() })));
      }
      return found;
    },

    async eventsOfMessage(queueId, limit) {
      const rows = await db.selectFrom("log_event").select("event").where("queue_id", "=", queueId).orderBy("id").limit(limit).execute();
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
  const rows = filter.peers === undefined ? await rowsWithoutBots(db, filter, bucket) : (await countsOf(filter, bucket).execute(db)).rows;
  const points = new Map<string, { readonly start: number; readonly key: K; count: number }>();
  for (const { start, measure, count } of rows) {
    const key = keyOf(measure);
    if (key === null) continue;
    const point = points.get(`${start} ${key}`) ?? { start, key, count: 0 };
    point.count += count;
    points.set(`${start} ${key}`, point);
  }
  return [...points.values()].filter(({ count }) => count > 0);
}

/** Totals are of all peers, and which of them are bots depends on the range: what bots lost is taken off. */
async function rowsWithoutBots(db: Kysely<Tables>, filter: LogFilter, bucket: number): Promise<SeriesRow[]> {
  const { rows } = await totalsOf(filter, bucket).execute(db);
  const peers = await botPeers(db, filter);
  if (peers.length === 0) return rows;
  const ofBots = await countsOf({ ...filter, peers }, bucket).execute(db);
  return [...rows, ...ofBots.rows.map((row) => ({ ...row, count: -row.count }))];
}

interface SeriesRow {
  readonly start: number;
  readonly measure: LogMeasure;
  readonly count: number;
}

function totalsOf({ from, to, direction }: LogFilter, bucket: number): RawBuilder<SeriesRow> {
  const wanted = direction === undefined ? sql`true` : sql`direction = ${direction}`;
  return sql`
    select start / ${sql.lit(bucket)} * ${sql.lit(bucket)} as start, measure, sum(count) as count
    from log_total join log_measure on log_measure.id = measure_id
    where start >= ${from} and start < ${to} and ${wanted} group by 1, log_measure.id order by 1`;
}

function countsOf(filter: LogFilter, bucket: number): RawBuilder<SeriesRow> {
  return sql`
    select start / ${sql.lit(bucket)} * ${sql.lit(bucket)} as start, measure, sum(count) as count
    from log_count join log_measure on log_measure.id = measure_id
    where ${within(filter)} group by 1, log_measure.id order by 1`;
}

/** An index has all that they are narrowed by, in the order of time: where many match, few are looked at. */
function among({ from, to, direction, peers, stage, size, bytes }: EventFilter, before: number | undefined): RawBuilder<boolean> {
  const parts = [sql`at >= ${from} and at < ${to}`];
  if (before !== undefined) {
    const beforeAt = sql`(select at from log_event where id = ${before})`;
    parts.push(sql`at <= ${beforeAt} and (at, id) < (${beforeAt}, ${before})`);
  }
  if (stage !== undefined) parts.push(sql`stage = ${stage}`);
  if (size !== undefined) parts.push(sql`size between ${size.from} and ${size.to}`);
  if (bytes !== undefined) parts.push(sql`bytes between ${bytes.from} and ${bytes.to}`);
  if (peers !== undefined) parts.push(sql`peer_id in ${listOf(peers, "bigint")}`);
  // Half of all peers: the index of each would be gone through whole.
  if (direction !== undefined) parts.push(sql`+peer_id in (select id from log_peer where direction = ${direction})`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}
