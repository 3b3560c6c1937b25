import type { AlertEntry, AlertFinding } from "@mxray/contracts";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { AlertEnd, AlertStore, ClaimedAlert } from "../../interfaces/alert-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { AlertTable, Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { noteAct } from "../audit/audit.ts";
import { unsent } from "./alert-outbox.ts";
import { holdExplained, holdSilenced, rescheduleRetries, writeReminders } from "./alert-preparation.ts";
import { channelOf } from "./channels.ts";

const MOST_EXPLAINED = 20;
const UNENDED = ["waiting", "sending"] as const;

export function alertStore(db: Kysely<Tables>): AlertStore {
  return {
    test: (channelId, at, act) =>
      db.transaction().execute(async (transaction) => {
        const channel = await transaction.selectFrom("channel").select("name").where("id", "=", channelId).executeTakeFirst();
        if (channel === undefined) return null;
        const id = newId();
        await transaction
          .insertInto("alert")
          .values({
            ...{ id, channel_id: channelId, change_id: null, finding_id: null, event: "test", ordinal: 0, finding: null },
            ...unsent(at, at),
          })
          .execute();
        if (act !== undefined) await noteAct(transaction, act, { id: channelId, name: channel.name });
        return id;
      }),

    prepare: (now, latest, silenced = []) =>
      db.transaction().execute(async (transaction) => {
        await rescheduleRetries(transaction, now, latest);
        await holdExplained(transaction, now);
        await writeReminders(transaction, now);
        await holdSilenced(transaction, now, silenced);
      }),

    claim: (query) => db.transaction().execute((transaction) => claimAlerts(transaction, query)),

    end: (number, attempt, end) => db.transaction().execute((transaction) => endAlert(transaction, number, attempt, end)),

    async release() {
      await db.updateTable("alert").set({ state: "waiting", leased_until: null }).where("state", "=", "sending").execute();
    },

    async nextDueAt() {
      const { rows } = await sql<{ at: string | null }>`
        select min(coalesce(alert.leased_until, alert.due_at)) as at from alert join channel on channel.id = alert.channel_id
        where alert.state in ('waiting', 'sending') and (channel.paused = 0 or alert.event = 'test')`.execute(db);
      return rows[0]?.at ?? null;
    },

    async reported(channelId) {
      const { rows } = await sql<Pick<Selectable<AlertTable>, "id" | "finding_id" | "finding" | "created_at">>`
        select opened.id, opened.finding_id, opened.finding, opened.created_at from alert as opened
          join finding on finding.id = opened.finding_id and finding.state in ('open', 'acknowledged')
        where opened.channel_id = ${channelId} and opened.event = 'opened' and opened.state = 'delivered' and not exists (
          select 1 from alert as later where later.channel_id = opened.channel_id and later.finding_id = opened.finding_id
            and later.number > opened.number and later.event in ('opened', 'fixed') and later.state <> 'dropped')
        order by opened.number`.execute(db);
      return rows.map(({ id, finding_id, finding, created_at }) => ({
        id,
        findingId: finding_id ?? "",
        finding: JSON.parse(finding ?? "null") as AlertFinding,
        createdAt: created_at,
      }));
    },

    async list({ limit, before, channelId, state }) {
      let query = db
        .selectFrom("alert")
        .innerJoin("channel", "channel.id", "alert.channel_id")
        .selectAll("alert")
        .select(["channel.name", "channel.kind"])
        .orderBy("number", "desc")
        .limit(limit + 1);
      if (before !== undefined) query = query.where("number", "<", before);
      if (channelId !== undefined) query = query.where("channel_id", "=", channelId);
      if (state !== undefined) query = query.where("state", "=", state);
      const rows = await query.execute();
      const page = rows.slice(0, limit);
      return { alerts: page.map(entryOf), next: rows.length > limit ? (page.at(-1)?.number ?? null) : null };
    },

    async tidy(before) {
      await sql`delete from alert where ended_at < ${before}
        and not exists (select 1 from finding where finding.id = alert.finding_id and finding.state <> 'fixed')`.execute(db);
    },
  };
}

/** In order: an alert waits for earlier ones of the same finding and channel. */
async function claimAlerts(
  db: Transaction<Tables>,
  { now, until, busy }: { readonly now: string; readonly until: string; readonly busy: readonly string[] },
): Promise<ClaimedAlert[]> {
  const { rows } = await sql<{ number: number }>`
    select number from (
      select alert.number, row_number() over (partition by alert.channel_id order by alert.due_at, alert.number) as place
      from alert join channel on channel.id = alert.channel_id
      where ((alert.state = 'waiting' and alert.due_at <= ${now}) or (alert.state = 'sending' and (alert.leased_until <= ${now} or alert.leased_until > ${until})))
        and (channel.paused = 0 or alert.event = 'test')
        and channel.id not in ${listOf(busy)}
        and not exists (select 1 from alert as earlier where earlier.channel_id = alert.channel_id
          and earlier.finding_id = alert.finding_id and earlier.number < alert.number and earlier.state in ('waiting', 'sending'))
    ) as due where place = 1`.execute(db);
  return await Promise.all(rows.map(({ number }) => claimAlert(db, number, now, until)));
}

async function claimAlert(db: Transaction<Tables>, number: number, now: string, until: string): Promise<ClaimedAlert> {
  const row = await db
    .updateTable("alert")
    .set(({ fn, eb }) => ({
      state: "sending",
      leased_until: until,
      attempts: eb("attempts", "+", 1),
      tried_at: fn.coalesce("tried_at", eb.val(now)),
    }))
    .where("number", "=", number)
    .returningAll()
    .executeTakeFirstOrThrow();
  const channel = await db.selectFrom("channel").selectAll().where("id", "=", row.channel_id).executeTakeFirstOrThrow();
  const explained = await db
    .selectFrom("finding")
    .select("title")
    .where("absorbed_by", "=", row.finding_id)
    .orderBy("id")
    .limit(MOST_EXPLAINED)
    .execute();
  return {
    number,
    id: row.id,
    channel: channelOf(channel),
    event: row.event,
    findingId: row.finding_id,
    finding: row.finding === null ? null : (JSON.parse(row.finding) as AlertFinding),
    createdAt: row.created_at,
    attempt: row.attempts,
    explains: explained.map(({ title }) => title),
  };
}

async function endAlert(db: Transaction<Tables>, number: number, attempt: number, end: AlertEnd) {
  const mine = db.selectFrom("alert").selectAll().where("number", "=", number).where("attempts", "=", attempt);
  const row = await mine.where("state", "=", "sending").executeTakeFirst();
  if (row === undefined) return null;
  const { at, answer } = end;
  // Nobody waits for a test any more when a second attempt would begin.
  const isGivenUp = end.state === "retry" && (row.event === "test" || (row.tried_at ?? at) < end.giveUp);
  const state = end.state === "delivered" ? "delivered" : isGivenUp ? "failed" : "waiting";
  await db
    .updateTable("alert")
    .set({
      ...{ state, answer, leased_until: null, ended_at: state === "waiting" ? null : at },
      ...(end.state === "retry" ? { due_at: end.dueAt } : {}),
    })
    .where("number", "=", number)
    .execute();
  if (state === "failed" && row.event === "opened") await dropFix(db, row, at);
  return state;
}

/** Whoever never heard of a finding does not hear of its fix. */
async function dropFix(db: Transaction<Tables>, { finding_id, channel_id, number }: Selectable<AlertTable>, at: string): Promise<void> {
  const next = await db
    .selectFrom("alert")
    .select(["number", "event"])
    .where("finding_id", "=", finding_id)
    .where("channel_id", "=", channel_id)
    .where("number", ">", number)
    .where("state", "in", UNENDED)
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
  if (next?.event !== "fixed") return;
  const answer = "The alert that it follows was not delivered.";
  await db.updateTable("alert").set({ state: "dropped", ended_at: at, answer }).where("number", "=", next.number).execute();
}

function entryOf(row: Selectable<AlertTable> & { readonly name: string; readonly kind: AlertEntry["channel"]["kind"] }): AlertEntry {
  const finding = row.finding === null ? null : (JSON.parse(row.finding) as AlertFinding);
  const isWaiting = row.state === "waiting" && row.due_at < "9999";
  return {
    id: row.id,
    channel: { id: row.channel_id, name: row.name, kind: row.kind },
    event: row.event,
    state: row.state,
    finding: finding === null || row.finding_id === null ? null : { id: row.finding_id, code: finding.code, title: finding.title },
    createdAt: row.created_at,
    dueAt: isWaiting ? row.due_at : null,
    attempts: row.attempts,
    answer: row.answer,
    endedAt: row.ended_at,
  };
}
