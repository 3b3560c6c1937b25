/** Puts a batch into the store. Rows go in as one JSON text per table, since there are thousands of them a second. */
import type { Direction, EventMove, KeptEvent, LogBatch, LogCount, LogMemory } from "@mxray/contracts";
import { type Kysely, sql, type Transaction } from "kysely";
import type { LogStore } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { fieldOf, fieldsOf, greatestOf, leastOf, listOf, rowsOf } from "../../sql/dialect.ts";
import { kindOfEvent, textOfEvent } from "./event-text.ts";
import { jsonRows } from "./json-rows.ts";
import { chartedMeasure, isCharted, type NumberedNames } from "./numbered-names.ts";
import { addToPeerDays } from "./peer-days.ts";

export function logCommit(db: Kysely<Tables>, ids: NumberedNames): Pick<LogStore, "commit"> {
  return {
    async commit(sourceId, batch, { revision, position }) {
      try {
        return await db.transaction().execute(async (transaction) => {
          if (!(await movePosition(transaction, sourceId, batch, revision, position)))
            return await isThere(transaction, sourceId, revision, position);
          await ids.learn(transaction, batch);
          await takeBack(
            transaction,
            batch.counts.filter(({ count }) => count < 0),
            ids,
          );
          await addCounts(
            transaction,
            batch.counts.filter(({ count }) => count > 0),
            ids,
          );
          await addTotals(transaction, batch.counts, ids);
          await addToPeerDays(transaction, batch.counts, ids);
          await addEvents(transaction, sourceId, batch.events, ids);
          await moveEvents(transaction, sourceId, batch.moves, ids);
          await keepMemories(transaction, sourceId, batch.memories);
          return true;
        });
      } catch (error) {
        // What was numbered in it was rolled back.
        ids.forget();
        throw error;
      }
    },
  };
}

async function movePosition(db: Transaction<Tables>, id: number, batch: LogBatch, revision: number, position: unknown): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("log_source")
    .set((row) => ({
      revision: revision + 1,
      position: position === null ? null : JSON.stringify(position),
      lines: row("lines", "+", batch.lines),
      recognised: row("recognised", "+", batch.recognised),
      // Lines are not always in order, and a reader that was started again knows only its own.
      ...(batch.firstLineAt === null ? {} : { first_line_at: leastOf(sql`first_line_at`, sql`${batch.firstLineAt}`) }),
      ...(batch.lastLineAt === null ? {} : { last_line_at: greatestOf(sql`last_line_at`, sql`${batch.lastLineAt}`) }),
    }))
    .where("id", "=", id)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether this very batch was committed before: its reader saw an error where there was none, and tries again. */
async function isThere(db: Transaction<Tables>, id: number, revision: number, position: unknown): Promise<boolean> {
  const row = await db.selectFrom("log_source").select(["revision", "position"]).where("id", "=", id).executeTakeFirst();
  return row?.revision === revision + 1 && position !== null && row.position === JSON.stringify(position);
}

const COUNT_KEY = ["bigint", "bigint", "bigint", "bigint"] as const;

/** Two peers of a batch can have the same number: no statement may write one row twice. */
async function addCounts(db: Transaction<Tables>, counts: readonly LogCount[], ids: NumberedNames): Promise<void> {
  const rows = counts.map((row) => [row.start, ids.peer(row.peer), ids.measure(row), row.value, row.count, row.least, row.most]);
  for (const text of jsonRows(rows)) {
    await sql`
      insert into log_count (start, peer_id, measure_id, value, count, least, most)
      select ${fieldsOf(COUNT_KEY)}, sum(${fieldOf(4, "bigint")}), min(${fieldOf(5, "bigint")}), max(${fieldOf(6, "bigint")})
      from ${rowsOf(text)} where true group by 1, 2, 3, 4
      on conflict (start, peer_id, measure_id, value) do update set
        count = log_count.count + excluded.count,
        least = ${leastOf(sql`log_count.least`, sql`excluded.least`)},
        most = ${greatestOf(sql`log_count.most`, sql`excluded.most`)}`.execute(db);
  }
}

async function addTotals(db: Transaction<Tables>, counts: readonly LogCount[], ids: NumberedNames): Promise<void> {
  const totals = new Map<string, [start: number, direction: Direction, measureId: number, count: number]>();
  for (const row of counts) {
    if (row.peer === null || !isCharted(row)) continue;
    const measureId = ids.measure(chartedMeasure(row));
    const key = `${row.start} ${row.peer.direction} ${measureId}`;
    const total = totals.get(key);
    if (total === undefined) totals.set(key, [row.start, row.peer.direction, measureId, row.count]);
    else total[3] += row.count;
  }
  for (const text of jsonRows([...totals.values()])) {
    await sql`
      insert into log_total (start, direction, measure_id, count)
      select ${fieldsOf(["bigint", "text", "bigint", "bigint"])} from ${rowsOf(text)} where true
      on conflict (start, direction, measure_id) do update set count = log_total.count + excluded.count`.execute(db);
  }
}

/** Leaves no row: its least and most would be of nothing. */
async function takeBack(db: Transaction<Tables>, counts: readonly LogCount[], ids: NumberedNames): Promise<void> {
  await addCounts(db, counts, ids);
  for (const text of jsonRows([...new Set(counts.map(({ start }) => start))])) {
    await sql`delete from log_count where start in ${listOf(text, "bigint")} and count = 0`.execute(db);
  }
}

async function addEvents(db: Transaction<Tables>, sourceId: number, events: readonly KeptEvent[], ids: NumberedNames): Promise<void> {
  const rows = events.map(({ peer, event }) => [
    sourceId,
    event.time === null ? 0 : Math.floor(Date.parse(event.time) / 1000),
    ids.peerOfEvent(peer),
    kindOfEvent(event),
    event.stage,
    event.size,
    event.bytes,
    event.queueId,
    textOfEvent(event),
  ]);
  for (const text of jsonRows(rows)) {
    await sql`
      insert into log_event (source_id, at, peer_id, kind, stage, size, bytes, queue_id, event)
      select ${fieldsOf(["bigint", "bigint", "bigint", "text", "text", "bigint", "bigint", "text", "text"])}
      from ${rowsOf(text)}`.execute(db);
  }
}

async function moveEvents(db: Transaction<Tables>, sourceId: number, moves: readonly EventMove[], ids: NumberedNames): Promise<void> {
  for (const { queueId, time, from, to } of moves) {
    await db
      .updateTable("log_event")
      .set({ peer_id: ids.peer(to) })
      .where("source_id", "=", sourceId)
      .where("queue_id", "=", queueId)
      .where("at", "=", time === null ? 0 : Math.floor(Date.parse(time) / 1000))
      .where("peer_id", "=", ids.peer(from))
      .execute();
  }
}

async function keepMemories(db: Transaction<Tables>, sourceId: number, memories: readonly LogMemory[]): Promise<void> {
  const over = memories.filter(({ value }) => value === null).map(({ key }) => key);
  for (const text of jsonRows(over)) {
    await sql`delete from log_memory where source_id = ${sourceId} and key in ${listOf(text)}`.execute(db);
  }
  const now = Math.floor(Date.now() / 1000);
  const rows = memories.flatMap(({ key, value, waitingSince, destination }) =>
    value === null ? [] : [[key, value, waitingSince, destination]],
  );
  for (const text of jsonRows(rows)) {
    await sql`
      insert into log_memory (source_id, key, value, touched_at, waiting_since, destination)
      select cast(${sourceId} as bigint), ${fieldsOf(["text", "text"])}, cast(${now} as bigint), ${fieldOf(2)}, ${fieldOf(3)} from ${rowsOf(text)} where true
      on conflict (source_id, key) do update set
        value = excluded.value, touched_at = excluded.touched_at, waiting_since = excluded.waiting_since, destination = excluded.destination`.execute(
      db,
    );
  }
}
