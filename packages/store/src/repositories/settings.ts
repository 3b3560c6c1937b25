import type { Kysely } from "kysely";
import type { SettingStore } from "../interfaces/setting-store.ts";
import type { Tables } from "../schema/tables.ts";

export function settingStore(db: Kysely<Tables>): SettingStore {
  return {
    async list() {
      const rows = await db.selectFrom("setting").selectAll().orderBy("name").execute();
      return rows.map(({ name, value, changed_at }) => ({ name, value, changedAt: changed_at }));
    },

    change: (values, at) =>
      db.transaction().execute(async (transaction) => {
        for (const [name, value] of Object.entries(values)) {
          if (value === null) await transaction.deleteFrom("setting").where("name", "=", name).execute();
          else {
            await transaction
              .insertInto("setting")
              .values({ name, value, changed_at: at })
              .onConflict((conflict) => conflict.column("name").doUpdateSet({ value, changed_at: at }))
              .execute();
          }
        }
      }),
  };
}
