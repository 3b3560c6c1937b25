import { type Kysely, sql, type Transaction } from "kysely";
import type { DeliveryLimit, DeliveryLimits, DeliveryStore } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";

export function deliveryStore(db: Kysely<Tables>): DeliveryStore {
  return {
    begin: ({ probeId, recipient, at, messageIds }, limits) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction.selectFrom("delivery").select(["id", "begun_at"]).where("probe_id", "=", probeId).executeTakeFirst();
        if (row !== undefined && row.begun_at !== null) return "repeated";
        const reached = await limitOf(transaction, "begun_at", recipient, limits);
        if (reached !== null) return reached;
        const begun = { begun_at: at, message_ids: JSON.stringify(messageIds) };
        const { id, ...asked } = { id: row?.id ?? newId(), recipient: recipient.toLowerCase(), at, probe_id: probeId };
        await transaction
          .insertInto("delivery")
          .values({ id, ...asked, ...begun })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(begun))
          .execute();
        return "begun";
      }),

    async ofProbe(probeId) {
      const row = await db
        .selectFrom("delivery")
        .select(["recipient", "begun_at", "message_ids"])
        .where("probe_id", "=", probeId)
        .executeTakeFirst();
      if (row === undefined || row.begun_at === null) return null;
      return { recipient: row.recipient, begunAt: row.begun_at, messageIds: JSON.parse(row.message_ids ?? "[]") as string[] };
    },
  };
}

/** Notes that a delivery test was asked for, unless a limit is reached: then that limit's name. */
export async function askForDelivery(
  db: Transaction<Tables>,
  { probeId, recipient, at }: { readonly probeId: string; readonly recipient: string; readonly at: string },
  limits: DeliveryLimits,
): Promise<DeliveryLimit | null> {
  const reached = await limitOf(db, "at", recipient, limits);
  if (reached !== null) return reached;
  await db
    .insertInto("delivery")
    .values({ id: newId(), recipient: recipient.toLowerCase(), at, probe_id: probeId, begun_at: null, message_ids: null })
    .execute();
  return null;
}

async function limitOf(
  db: Transaction<Tables>,
  time: "at" | "begun_at",
  recipient: string,
  { since, perRecipient, overall }: DeliveryLimits,
): Promise<DeliveryLimit | null> {
  const name = recipient.toLowerCase();
  const { all, own } = await db
    .selectFrom("delivery")
    .select(({ fn }) => [
      fn.countAll<number>().as("all"),
      sql<number>`coalesce(sum(case when recipient = ${name} then 1 else 0 end), 0)`.as("own"),
    ])
    .where(time, ">", since)
    .executeTakeFirstOrThrow();
  if (Number(own) >= perRecipient) return "perRecipient";
  return Number(all) >= overall ? "overall" : null;
}
