/** Lists of findings: filtered, sorted, page by page. */
import { type FindingCounts, type FindingSort, severityRank } from "@mxray/contracts";
import { type Expression, type ExpressionBuilder, type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { FindingFilter, FindingPageQuery } from "../../interfaces/finding-store.ts";
import type { FindingTable, Tables } from "../../schema/tables.ts";
import { elementsOf, holdsText, jsonObjectOf, jsonObjectsOf, memberOf, paddedOf } from "../../sql/dialect.ts";
import { countFindingMail, STALLED } from "./finding-mail.ts";

/** Of a row of `finding`: its subjects, as JSON. */
export const SUBJECTS = sql<string>`(
  select ${jsonObjectsOf({ address: "one.address", vantage: "one.vantage", lastSeenAt: "one.last_seen_at", fixedAt: "one.fixed_at" }, "one.position")}
  from finding_subject as one where one.finding_id = finding.id)`;

/** Of a row of `finding`: the finding that explains it, as JSON. */
export const CAUSE = sql<string | null>`(
  select ${jsonObjectOf({ id: "cause.id", code: "cause.code", title: "cause.title" })}
  from finding as cause where cause.id = finding.absorbed_by)`;

/** With `SUBJECTS` and `CAUSE`. */
export type FindingRow = Selectable<FindingTable> & { readonly subjects: string; readonly cause: string | null };

interface FindingRows {
  readonly rows: (FindingRow & { readonly stalled: number | null })[];
  readonly next: string | null;
}

/** What sorts a finding, as one text that differs for each: also the cursor. `harm` needs the table `finding_mail`. */
const SORT_KEYS: Readonly<Record<FindingSort, ReturnType<typeof sql<string>>>> = {
  harm: sql<string>`severity_rank || ' ' || ${paddedOf(STALLED)} || ' ' || last_seen_at || ' ' || id`,
  newest: sql<string>`since_at || ' ' || id`,
  "last-seen": sql<string>`last_seen_at || ' ' || id`,
};

const UNCOUNTED_HARM = sql<string>`severity_rank || ' ' || last_seen_at || ' ' || id`;

export async function findingPage(db: Kysely<Tables>, query: FindingPageQuery): Promise<FindingRows> {
  const { now } = query;
  if (now === undefined) return await pageOf(db, query);
  return await db.connection().execute(async (connection) => {
    await countFindingMail(connection, now);
    return await pageOf(connection, query);
  });
}

async function pageOf(
  db: Kysely<Tables>,
  { limit, cursor, sort = "harm", states, now, ...filter }: FindingPageQuery,
): Promise<FindingRows> {
  const counted = now !== undefined;
  const stalled: RawBuilder<number | null> = counted ? STALLED : sql<null>`null`;
  const key = counted || sort !== "harm" ? SORT_KEYS[sort] : UNCOUNTED_HARM;
  let places = db
    .selectFrom("finding")
    .select(["id", key.as("key")])
    .where((row) => matches(row, filter))
    .orderBy(key, "desc")
    .limit(limit + 1);
  if (states !== undefined) places = places.where("state", "in", [...states]);
  if (cursor !== undefined) places = places.where(key, "<", cursor);
  // Findings are long: only those of the page are fetched, so that sorting moves none.
  const query = db
    .selectFrom(places.as("place"))
    .innerJoin("finding", "finding.id", "place.id")
    .selectAll("finding")
    .select(["place.key", SUBJECTS.as("subjects"), CAUSE.as("cause"), stalled.as("stalled")])
    .orderBy("place.key", "desc");
  const found = await query.execute();
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? (rows.at(-1)?.key ?? null) : null };
}

export async function findingCounts(db: Kysely<Tables>, filter: FindingFilter): Promise<FindingCounts> {
  const rows = await db
    .selectFrom("finding")
    .select((row) => ["state", row.fn.countAll<number>().as("count")])
    .where((row) => matches(row, filter))
    .groupBy("state")
    .execute();
  return {
    open: 0,
    acknowledged: 0,
    dismissed: 0,
    fixed: 0,
    ...Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)])),
  };
}

/** Those that another one explains are in no list. */
function matches(row: ExpressionBuilder<Tables, "finding">, filter: FindingFilter): Expression<SqlBool> {
  const { severity, code, address, peer, source, text } = filter;
  const wanted: Expression<SqlBool>[] = [row("absorbed_by", "is", null)];
  if (severity !== undefined) wanted.push(row("severity_rank", "=", severityRank(severity)));
  if (code !== undefined) wanted.push(row("code", "=", code));
  if (address !== undefined) wanted.push(hasAddress(address));
  if (peer !== undefined) {
    wanted.push(row.or([hasAddress(peer), sql<boolean>`lower(${peer}) = ${memberOf("subject_key", 0)}`]));
  }
  if (source !== undefined) {
    wanted.push(
      sql<boolean>`exists (select 1 from ${elementsOf("finding", "evidence", "row")} where ${memberOf("row.value", "source")} = ${source})`,
    );
  }
  if (text !== undefined) {
    wanted.push(holdsText(sql`code || ' ' || title || ' ' || subject_key || ' ' || addresses || ' ' || coalesce(note, '')`, text));
  }
  return row.and(wanted);
}

function hasAddress(address: string): Expression<SqlBool> {
  return sql<boolean>`exists (
    select 1 from finding_subject as one where one.finding_id = finding.id and one.address = lower(${address}))`;
}
