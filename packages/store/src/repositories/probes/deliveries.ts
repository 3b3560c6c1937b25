import type { Kysely } from "kysely";
import type { DeliveryStore } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";

export function deliveryStore(db: Kysely<Tables>): DeliveryStore {
  return {
    record: ({ recipient, at }, { since, perRecipient, overall }) =>
      db.transaction().execute(async (transaction) => {
        const name = recipient.toLowerCase();
        const recent = await transaction.selectFrom("delivery").select("recipient").where("at", ">", since).execute();
        if (recent.filter((row) => row.recipient === name).length >= perRecipient) return "perRecipient";
        if (recent.length >= overall) return "overall";
        await transaction.insertInto("delivery").values({ id: newId(), recipient: name, at }).execute();
        return null;
      }),
  };
}
