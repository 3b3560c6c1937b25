/** Counts of a range, added up: what statistics and charts are made of. */
import { isContentStage, type LogMeasure, stallStageOfMeasure } from "@mxray/contracts";
import { type Kysely, type RawBuilder, type Sql, sql } from "kysely";
import type { LogFilter } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";

export interface CountedRow {
  readonly peerId: number;
  readonly measure: LogMeasure;
  readonly note: string;
  readonly value: number;
  readonly count: number;
  readonly least: number | null;
  readonly most: number | null;
  /** Unix seconds: starts of the first and the last minute (hour, day). */
  readonly first: number;
  readonly last: number;
}

export async function countedRows(db: Kysely<Tables>, filter: LogFilter): Promise<CountedRow[]> {
  const { rows } = await sql<CountedRow>`
    select peer_id as "peerId", measure, note, value, sum(count) as count, min(least) as least, max(most) as most,
      min(start) as first, max(start) as last
    from log_count join log_measure on log_measure.id = measure_id
    where ${within(filter)}
    group by peer_id, measure_id, measure, note, value`.execute(db);
  return rows;
}

interface RowFilter extends Omit<LogFilter, "from" | "to"> {
  readonly from: number | RawBuilder<number>;
  readonly to: number | RawBuilder<number>;
}

/** The rows of a filter, but for its stage. */
export function within({ from, to, direction, peers }: RowFilter): RawBuilder<boolean> {
  const parts = [sql<boolean>`start >= ${from} and start < ${to}`];
  if (direction !== undefined) parts.push(sql<boolean>`peer_id in (select id from log_peer where direction = ${direction})`);
  if (peers !== undefined) parts.push(sql<boolean>`peer_id in ${listOf(peers, "bigint")}`);
  return sql.join(parts, sql` and `) as ReturnType<Sql["join"]> as RawBuilder<boolean>;
}

/** What arrived in one size class since a peer stalled. */
export interface SentSince {
  readonly count: number;
  readonly most: number | null;
}

/** Of rows whose least and most are unix seconds. */
export function extremeOf(rows: readonly CountedRow[], which: "least" | "most"): string | null {
  const times = rows.flatMap((row) => row[which] ?? []);
  if (times.length === 0) return null;
  return timeOf(times.reduce((best, time) => (which === "least" ? Math.min(best, time) : Math.max(best, time))));
}

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export function isContentStall({ measure }: CountedRow): boolean {
  return isContentStage(stallStageOfMeasure(measure));
}
