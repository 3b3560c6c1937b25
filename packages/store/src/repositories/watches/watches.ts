import { LOCAL_VANTAGE, type ProbeRequest, type RoundMemory, type Verdict, type WatchRound } from "@mxray/contracts";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { StoredWatch, WatchStore } from "../../interfaces/watch-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ProbeTable, Tables, WatchTable } from "../../schema/tables.ts";
import { joinPicked, listOf, memberOf } from "../../sql/dialect.ts";
import { noteAct, recorded } from "../audit/audit.ts";
import { ledTo } from "./unchanged-rounds.ts";
import { settingColumns, watchColumns } from "./watch-columns.ts";

/** Rounds that a watch tells of. */
const MOST_ROUNDS = 24;
const NEW = { memory: "[]", every_minutes: null, tags: "[]", paused: 0 };

export function watchStore(db: Kysely<Tables>): WatchStore {
  const some = (ids: readonly string[] | null) => watchesOf(db, ids);
  return {
    put: ({ target, request, createdAt, dueAt, settings = {} }, most, act) =>
      db.transaction().execute(async (transaction) => {
        const { vantage = LOCAL_VANTAGE } = request;
        const before = await transaction
          .selectFrom("watch")
          .select("id")
          .where("target", "=", target)
          .where("vantage", "=", vantage)
          .executeTakeFirst();
        const { count } = await transaction
          .selectFrom("watch")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow();
        if (before === undefined && Number(count) >= most) return null;
        const asked = { request: JSON.stringify(request), ...settingColumns(settings) };
        const { id } = await transaction
          .insertInto("watch")
          .values({
            id: newId(),
            target,
            vantage,
            ...NEW,
            ...asked,
            created_at: createdAt,
            due_at: dueAt,
            refusals: 0,
            trouble: null,
            code: null,
            since_at: null,
          })
          .onConflict((conflict) => conflict.columns(["target", "vantage"]).doUpdateSet(asked))
          .returning("id")
          .executeTakeFirstOrThrow();
        if (act !== undefined)
          await noteAct(transaction, act, { id, name: watchName(target, vantage), detail: before === undefined ? "begun" : null });
        return { id, created: before === undefined };
      }),

    async get(id) {
      return (await some([id]))[0] ?? null;
    },

    list: () => some(null),

    async has(target) {
      return (await db.selectFrom("watch").select("id").where("target", "=", target).executeTakeFirst()) !== undefined;
    },

    async due(now, limit) {
      const rows = await db
        .selectFrom("watch")
        .select("id")
        .where("due_at", "<=", now)
        .where("paused", "=", 0)
        .orderBy("due_at")
        .limit(limit)
        .execute();
      return await some(rows.map(({ id }) => id));
    },

    async underWay() {
      const { count } = await db
        .selectFrom("probe")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("status", "in", ["queued", "running"])
        .where("watch_id", "is not", null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async nextDueAt() {
      const row = await db.selectFrom("watch").select("due_at").where("paused", "=", 0).orderBy("due_at").limit(1).executeTakeFirst();
      return row?.due_at ?? null;
    },

    async change(id, change) {
      const { numUpdatedRows } = await db.updateTable("watch").set(watchColumns(change)).where("id", "=", id).executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    end: (id, act) =>
      recorded(db, act, async (transaction) => {
        const ended = await transaction.deleteFrom("watch").where("id", "=", id).returning(["target", "vantage"]).executeTakeFirst();
        return ended === undefined ? null : { id, name: watchName(ended.target, ended.vantage) };
      }),

    tidy: (id, limits) => db.transaction().execute((transaction) => forgetRounds(transaction, id, limits)),
  };
}

function watchName(target: string, vantage: string): string {
  return vantage === LOCAL_VANTAGE ? target : `${target} from ${vantage}`;
}

async function watchesOf(db: Kysely<Tables>, ids: readonly string[] | null): Promise<StoredWatch[]> {
  let query = db
    .selectFrom("watch")
    .selectAll()
    .select((row) =>
      row
        .exists(
          row
            .selectFrom("probe")
            .select("probe.id")
            .whereRef("probe.target", "=", "watch.target")
            .where("probe.status", "in", ["queued", "running"]),
        )
        .as("probing"),
    )
    .orderBy("target")
    .orderBy("vantage");
  if (ids !== null) query = query.where(sql<boolean>`watch.id in ${listOf(ids)}`);
  const rows = await query.execute();
  const rounds = await roundsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ probing, ...row }) => watchOf(row, Boolean(probing), rounds.get(row.id) ?? []));
}

/** The newest of each watch, in one statement: there may be thousands. */
async function roundsOf(db: Kysely<Tables>, watchIds: readonly string[]): Promise<Map<string, WatchRound[]>> {
  const newest = sql`
    select id from probe as round where round.watch_id = watch.id and round.status in ('done', 'failed')
    order by round.id desc limit ${MOST_ROUNDS}`;
  const { rows } = await sql<Pick<Selectable<ProbeTable>, "watch_id" | "id" | "status" | "created_at" | "finished_at" | "verdict">>`
    select probe.watch_id, probe.id, probe.status, probe.created_at, probe.finished_at, probe.verdict
    from watch ${joinPicked("probe", newest)} where watch.id in ${listOf(watchIds)} order by probe.id desc`.execute(db);
  const rounds = new Map<string, WatchRound[]>();
  for (const { watch_id, id, status, created_at, finished_at, verdict } of rows) {
    const round = {
      ...{ probeId: id, at: finished_at ?? created_at, status },
      verdict: verdict === null ? null : (JSON.parse(verdict) as Verdict),
    };
    const known = rounds.get(watch_id ?? "");
    if (known === undefined) rounds.set(watch_id ?? "", [round]);
    else known.push(round);
  }
  return rounds;
}

/** Keeps what changed something, what is recent, and what something else leads to. */
async function forgetRounds(
  db: Transaction<Tables>,
  watchId: string,
  { keep, before }: { readonly keep: number; readonly before: string },
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from (
      select id, created_at, ${memberOf("verdict", "code")} as code,
        lag(${memberOf("verdict", "code")}) over (order by id) as code_before,
        row_number() over (order by id) as first,
        row_number() over (order by id desc) as age
      from probe where watch_id = ${watchId} and status not in ('queued', 'running')
    ) as round
    where age > ${keep} and created_at < ${before} and first > 1 and code is not distinct from code_before
      and not ${ledTo("round")}
      and not exists (select 1 from probe as repeating where repeating.same_as = round.id)`.execute(db);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await db.deleteFrom("probe_finding").where("probe_id", "in", ids).execute();
  await db.deleteFrom("probe").where("id", "in", ids).execute();
  return ids.length;
}

function watchOf(row: Selectable<WatchTable>, probing: boolean, rounds: WatchRound[]): StoredWatch {
  return {
    id: row.id,
    target: row.target,
    vantage: row.vantage,
    request: JSON.parse(row.request) as ProbeRequest,
    createdAt: row.created_at,
    dueAt: row.due_at,
    refusals: row.refusals,
    trouble: row.trouble,
    code: row.code,
    sinceAt: row.since_at,
    memory: JSON.parse(row.memory) as RoundMemory[],
    everyMinutes: row.every_minutes,
    tags: JSON.parse(row.tags) as string[],
    paused: Boolean(row.paused),
    probing,
    rounds,
  };
}
