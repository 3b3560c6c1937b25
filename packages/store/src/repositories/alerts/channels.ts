import type { QuietHours, Severity } from "@mxray/contracts";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ChannelStore, CountedChannel, NewChannel, StoredChannel } from "../../interfaces/alert-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ChannelTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

type ChannelRow = Selectable<ChannelTable>;

export function channelStore(db: Kysely<Tables>): ChannelStore {
  return {
    async list() {
      const rows = await db.selectFrom("channel").selectAll().orderBy("name").execute();
      const counts = await db
        .selectFrom("alert")
        .select(["channel_id", "state", sql<number>`count(*)`.as("count")])
        .where("state", "in", ["waiting", "sending", "failed"])
        .where("event", "!=", "test")
        .groupBy(["channel_id", "state"])
        .execute();
      return rows.map((row): CountedChannel => {
        const own = counts.filter(({ channel_id }) => channel_id === row.id);
        const sum = (failed: boolean) =>
          own.filter(({ state }) => (state === "failed") === failed).reduce((total, { count }) => total + Number(count), 0);
        return { ...channelOf(row), waiting: sum(false), failed: sum(true) };
      });
    },

    async get(id) {
      const row = await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : channelOf(row);
    },

    create: (channel, at, act) =>
      db.transaction().execute(async (transaction) => {
        if (await isTaken(transaction, channel.name, null)) return null;
        const row: ChannelRow = { id: newId(), ...columnsOf(channel), created_at: at, call_at: null, trouble: null };
        await transaction.insertInto("channel").values(row).execute();
        if (act !== undefined) await noteAct(transaction, act, { id: row.id, name: row.name, detail: row.kind });
        return channelOf(row);
      }),

    change: (id, change, act) =>
      db.transaction().execute(async (transaction) => {
        const before = await transaction.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
        if (before === undefined) return null;
        const after = columnsOf({ ...channelOf(before), ...change });
        if (await isTaken(transaction, after.name, id)) return "name-taken";
        await transaction
          .updateTable("channel")
          .set({ ...after, trouble: null, call_at: null })
          .where("id", "=", id)
          .execute();
        const detail = Object.keys(change).join(", ");
        if (act !== undefined) await noteAct(transaction, act, { id, name: after.name, detail });
        return channelOf({ ...before, ...after, trouble: null });
      }),

    delete: (id, act) =>
      recorded(db, act, async (transaction) => {
        await transaction.deleteFrom("alert").where("channel_id", "=", id).execute();
        const row = await transaction.deleteFrom("channel").where("id", "=", id).returning("name").executeTakeFirst();
        return row === undefined ? null : { id, name: row.name };
      }),

    async claimCalls(kinds, now, next) {
      const rows = await db
        .updateTable("channel")
        .set({ call_at: next })
        .where("kind", "in", [...kinds])
        .where("paused", "=", 0)
        // Later than the next call: the clock was set back.
        .where((row) => row.or([row("call_at", "is", null), row("call_at", "<=", now), row("call_at", ">", next)]))
        .returningAll()
        .execute();
      return rows.map(channelOf);
    },

    async noteTrouble(id, trouble) {
      await db.updateTable("channel").set({ trouble }).where("id", "=", id).where("trouble", "is distinct from", trouble).execute();
    },
  };
}

export function channelOf(row: ChannelRow): StoredChannel {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    url: row.url,
    secret: row.secret,
    secretFrom: row.secret_from,
    from: row.mail_from,
    to: JSON.parse(row.mail_to) as string[],
    severities: JSON.parse(row.severities) as Severity[],
    remindHours: row.remind_hours,
    quiet: row.quiet === null ? null : (JSON.parse(row.quiet) as QuietHours),
    paused: Boolean(row.paused),
    createdAt: row.created_at,
    trouble: row.trouble,
  };
}

function columnsOf(channel: NewChannel) {
  return {
    name: channel.name,
    kind: channel.kind,
    url: channel.url,
    secret: channel.secret,
    secret_from: channel.secretFrom,
    mail_from: channel.from,
    mail_to: JSON.stringify(channel.to),
    severities: JSON.stringify(channel.severities),
    remind_hours: channel.remindHours,
    quiet: channel.quiet === null ? null : JSON.stringify(channel.quiet),
    paused: channel.paused ? 1 : 0,
  };
}

async function isTaken(db: Kysely<Tables>, name: string, except: string | null): Promise<boolean> {
  const row = await db.selectFrom("channel").select("id").where("name", "=", name).executeTakeFirst();
  return row !== undefined && row.id !== except;
}
