/** `LogStatistics` from counts and kept events: what the reader of a file makes in one go (contracts say what each number means). */
import {
  compareIdentities,
  type DeferredBacklog,
  isBot,
  LOG_CAPS,
  LOG_TROUBLES,
  type LogExample,
  type LogPeer,
  type LogStatistics,
  type LogTrouble,
  logExampleOf,
  type RetryWaits,
  type TroubleTally,
} from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { LogFilter, LogStore } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { elementItself, fieldsOf, JOIN_IN_ORDER, joinPicked, listOf, rowsOf } from "../../sql/dialect.ts";
import { emptyTemporaryTable } from "../../sql/temporary-table.ts";
import { type CountedRow, countedRows, extremeOf, type SentSince, timeOf, within } from "./counted-rows.ts";
import { CONTENT_STALL, EARLY_STALL, eventOfText, PIX, SIGN } from "./event-text.ts";
import { PeerCounts, writersOf } from "./peer-counts.ts";
import { mostHarmed } from "./peer-sums.ts";

/** Counts that are of no peer, or of none in particular. */
const NO_PEER = 0;

export function storedStatistics(db: Kysely<Tables>): Pick<LogStore, "statistics" | "statisticsText"> {
  return {
    statistics: (filter, mostPeers) => statisticsOf(db, filter, mostPeers),
    statisticsText: async (filter, mostPeers) => new TextEncoder().encode(JSON.stringify(await statisticsOf(db, filter, mostPeers))),
  };
}

async function statisticsOf(db: Kysely<Tables>, filter: LogFilter, mostPeers: number = LOG_CAPS.peers): Promise<LogStatistics> {
  // Where there are more peers than are told of, all sizes of all of them would be added up for nothing.
  const harmed = (await peerCount(db, filter)) > mostPeers ? await mostHarmed(db, filter, mostPeers) : null;
  const rows = await countedRows(db, harmed === null ? filter : { ...filter, peers: [NO_PEER, ...harmed.ids] });
  const counts = new Map<number, PeerCounts>();
  for (const [peerId, own] of Map.groupBy(rows, (row) => row.peerId)) if (peerId !== NO_PEER) counts.set(peerId, new PeerCounts(own));
  const kept = [...counts].filter(([, peer]) => peer.isSeen);
  return {
    ...(await spanOf(db, filter)),
    peers: await peersOf(db, filter, kept),
    peersLeftOut: harmed?.leftOut ?? 0,
    retries: retriesOf(rows),
    backlog: await backlogOf(db),
    troubles: await troublesOf(db, filter, rows),
    writers: writersOf(rows.filter(({ peerId }) => peerId === NO_PEER)),
  };
}

/** At the most: of all times, in both directions. */
async function peerCount(db: Kysely<Tables>, { peers }: LogFilter): Promise<number> {
  if (peers !== undefined) return peers.length;
  const { count } = await db
    .selectFrom("log_peer")
    .select((row) => row.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

async function spanOf(db: Kysely<Tables>, filter: LogFilter): Promise<Pick<LogStatistics, "from" | "to">> {
  const { rows } = await sql<{ first: number | null; last: number | null; firstAt: string | null; lastAt: string | null }>`
    select (select start from log_count where ${within(filter)} and start > 0 order by start limit 1) as first,
      (select start from log_count where ${within(filter)} and start > 0 order by start desc limit 1) as last,
      (select min(first_line_at) from log_source) as "firstAt", (select max(last_line_at) from log_source) as "lastAt"`.execute(db);
  const { first = null, last = null, firstAt = null, lastAt = null } = rows[0] ?? {};
  const counted = { from: first === null ? null : timeOf(first), to: last === null ? null : timeOf(last) };
  const isWhole = filter.direction === undefined && filter.peers === undefined;
  return {
    // What was counted before the store noted first lines began earlier.
    from: isWhole && isIn(filter, firstAt) && (first === null || Date.parse(firstAt) / 1000 < first + 60) ? firstAt : counted.from,
    to: (isWhole || last !== null) && isIn(filter, lastAt) ? lastAt : counted.to,
  };
}

function isIn({ from, to }: LogFilter, at: string | null): at is string {
  return at !== null && Date.parse(at) / 1000 >= from && Date.parse(at) / 1000 < to;
}

async function peersOf(db: Kysely<Tables>, filter: LogFilter, kept: readonly (readonly [number, PeerCounts])[]): Promise<LogPeer[]> {
  const ids = JSON.stringify(kept.map(([id]) => id));
  const { rows: names } = await sql<Pick<LogPeer, "name" | "address" | "port" | "direction" | "reach"> & { id: number }>`
    select id, name, address, port, direction, reach from log_peer where id in ${listOf(ids, "bigint")}`.execute(db);
  const named = new Map(names.map(({ id, ...peer }) => [id, peer]));
  const since = await sentSince(db, filter, kept);
  const examples = await examplesOf(db, filter, kept);
  const peers = kept.flatMap(([id, peer]) => {
    const name = named.get(id);
    if (name === undefined) return [];
    const shown = { ...(examples.get(id) ?? noExamples()), largestSent: null };
    return [{ ...name, ...peer.numbers(since.get(id) ?? new Map()), examples: shown }];
  });
  const bots = new Set<object>(peers.filter(isBot));
  return peers.sort(
    (a, b) =>
      Number(bots.has(a)) - Number(bots.has(b)) ||
      b.stalled - a.stalled ||
      b.sent + b.failed - (a.sent + a.failed) ||
      compareIdentities(a, b),
  );
}

/** Per peer and size class, what arrived since the minute of the peer's first content stall. */
async function sentSince(
  db: Kysely<Tables>,
  filter: LogFilter,
  kept: readonly (readonly [number, PeerCounts])[],
): Promise<Map<number, Map<number, SentSince>>> {
  const troubled = kept.flatMap(([id, { stalledSince }]) => (stalledSince === null ? [] : [[id, stalledSince]]));
  const found = new Map<number, Map<number, SentSince>>();
  if (troubled.length === 0) return found;
  const rows = await db.connection().execute(async (connection) => {
    // A table of its own, since it has a key: joined with a list of values, each count would be compared with each peer.
    await emptyTemporaryTable(connection, "troubled", "id integer primary key, since integer not null");
    await sql`insert into troubled select ${fieldsOf(["bigint", "bigint"])} from ${rowsOf(JSON.stringify(troubled))}`.execute(connection);
    const sums = await sql<{ peerId: number; value: number; count: number; most: number | null }>`
      select peer_id as "peerId", value, sum(count) as count, max(most) as most
      from log_count ${JOIN_IN_ORDER} troubled on troubled.id = peer_id and start >= since
      where ${within(filter)} and value >= 0 and measure_id in (select id from log_measure where measure = 'sent')
      group by peer_id, value`.execute(connection);
    return sums.rows;
  });
  for (const { peerId, value, count, most } of rows) {
    const classes = found.get(peerId) ?? new Map<number, SentSince>();
    found.set(peerId, classes.set(value, { count, most }));
  }
  return found;
}

interface PeerExamples {
  readonly stalled: LogExample[];
  readonly early: LogExample[];
  readonly signs: LogExample[];
  readonly pix: LogExample[];
  smallestStalled: LogExample | null;
}

function noExamples(): PeerExamples {
  return { stalled: [], early: [], signs: [], pix: [], smallestStalled: null };
}

/** Which kind of kept events serves as which examples. */
const EXAMPLE_KINDS: readonly (readonly [string, "stalled" | "early" | "signs" | "pix"])[] = [
  [CONTENT_STALL, "stalled"],
  [EARLY_STALL, "early"],
  [SIGN, "signs"],
  [PIX, "pix"],
];

async function examplesOf(
  db: Kysely<Tables>,
  filter: LogFilter,
  kept: readonly (readonly [number, PeerCounts])[],
): Promise<Map<number, PeerExamples>> {
  const wanted = kept.filter(([, peer]) => peer.stalled > 0 || peer.hasPix || peer.hasSigns);
  const found = new Map<number, PeerExamples>();
  if (wanted.length === 0) return found;
  const kinds = sql.join(
    EXAMPLE_KINDS.map(([kind]) => sql`select ${kind} as kind`),
    sql` union all `,
  );
  const first = sql`
    select id from log_event as first where first.peer_id = ${elementItself("bigint", "peer")} and first.kind = wanted.kind
      and at >= ${filter.from} and at < ${filter.to} order by at limit ${LOG_CAPS.examples}`;
  const { rows } = await sql<{ peerId: number; kind: string; event: string }>`
    select log_event.peer_id as "peerId", log_event.kind, event
    from ${rowsOf(JSON.stringify(wanted.map(([id]) => id)), "peer")} cross join (${kinds}) as wanted ${joinPicked("log_event", first)}`.execute(
    db,
  );
  for (const { peerId, kind, event } of rows) {
    const examples = found.get(peerId) ?? noExamples();
    found.set(peerId, examples);
    const list = EXAMPLE_KINDS.find(([each]) => each === kind)?.[1];
    if (list !== undefined) examples[list].push(exampleOf(event));
  }
  for (const [id, { smallestStalled }] of wanted) {
    const examples = found.get(id);
    if (smallestStalled === null || examples === undefined) continue;
    const row = await db
      .selectFrom("log_event")
      .select("event")
      .where("peer_id", "=", id)
      .where("at", ">=", filter.from)
      .where("at", "<", filter.to)
      .where("kind", "=", CONTENT_STALL)
      .where("size", "=", smallestStalled)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) examples.smallestStalled = exampleOf(row.event);
  }
  return found;
}

function exampleOf(event: string): LogExample {
  return logExampleOf(eventOfText(event));
}

function retriesOf(rows: readonly CountedRow[]): RetryWaits[] {
  const waits = Map.groupBy(
    rows.filter(({ measure }) => measure === "wait"),
    ({ note }) => note,
  );
  return [...waits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([note, own]) => {
      const [mta, attempt] = note.split(" ");
      const classes = own.map(({ value, count }) => ({ class: value, count })).sort((a, b) => a.class - b.class);
      return { mta: mta as RetryWaits["mta"], attempt: Number(attempt), waits: classes };
    });
}

async function backlogOf(db: Kysely<Tables>): Promise<DeferredBacklog> {
  const rows = await db
    .selectFrom("log_memory")
    .select((row) => ["destination", row.fn.countAll<number>().as("waiting"), row.fn.min("waiting_since").as("oldest")])
    .where("waiting_since", "is not", null)
    .groupBy("destination")
    .orderBy("waiting", "desc")
    .orderBy("destination")
    .execute();
  const shown = rows.slice(0, LOG_CAPS.destinations);
  const sum = (some: typeof rows) => some.reduce((total, { waiting }) => total + waiting, 0);
  const oldest = rows.reduce<string | null>((least, row) => (least === null || (row.oldest ?? least) < least ? row.oldest : least), null);
  return {
    waiting: sum(rows),
    oldest,
    destinations: shown.map((row) => ({ name: row.destination ?? "unknown", waiting: row.waiting, oldest: row.oldest, example: null })),
    others: sum(rows.slice(LOG_CAPS.destinations)),
  };
}

async function troublesOf(db: Kysely<Tables>, { from, to }: LogFilter, rows: readonly CountedRow[]): Promise<TroubleTally[]> {
  const troubles = Map.groupBy(
    rows.filter(({ measure }) => Object.hasOwn(LOG_TROUBLES, measure)),
    ({ measure }) => measure as LogTrouble,
  );
  const found: TroubleTally[] = [];
  for (const [trouble, own] of [...troubles].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const events = await db
      .selectFrom("log_event")
      .select("event")
      .where("kind", "=", trouble)
      .where("at", ">=", from)
      .where("at", "<", to)
      .orderBy("at")
      .limit(LOG_CAPS.examples)
      .execute();
    const culprits = Map.groupBy(own, ({ note }) => note);
    const named = [...culprits].map(([name, counts]) => ({ name, count: counts.reduce((sum, { count }) => sum + count, 0) }));
    found.push({
      trouble,
      count: own.reduce((sum, { count }) => sum + count, 0),
      first: extremeOf(own, "least"),
      last: extremeOf(own, "most"),
      culprits: named.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, LOG_CAPS.culprits),
      examples: events.map(({ event }) => exampleOf(event)),
    });
  }
  return found;
}
