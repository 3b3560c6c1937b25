import type { Maintenance } from "@mxray/contracts";
import type { Kysely } from "kysely";
import type { MaintenanceStore } from "../../interfaces/watch-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function maintenanceStore(db: Kysely<Tables>): MaintenanceStore {
  return {
    async list() {
      const rows = await db.selectFrom("maintenance").selectAll().orderBy("name").execute();
      return rows.map(
        ({ name, targets, tags, begins_at, cron, timezone, minutes }): Maintenance => ({
          ...{ name, cron, timezone, minutes, beginsAt: begins_at },
          targets: JSON.parse(targets) as string[],
          tags: JSON.parse(tags) as string[],
        }),
      );
    },

    put: ({ name, targets, tags, beginsAt, cron, timezone, minutes }, act) =>
      db.transaction().execute(async (transaction) => {
        const id = newId();
        const row = { targets: JSON.stringify(targets), tags: JSON.stringify(tags), begins_at: beginsAt, cron, timezone, minutes };
        await transaction
          .insertInto("maintenance")
          .values({ id, name, ...row })
          .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
          .execute();
        if (act !== undefined) await noteAct(transaction, act, { id, name });
      }),

    delete: (name, act) =>
      recorded(db, act, async (transaction) => {
        const row = await transaction.deleteFrom("maintenance").where("name", "=", name).returning("id").executeTakeFirst();
        return row === undefined ? null : { id: row.id, name };
      }),
  };
}
