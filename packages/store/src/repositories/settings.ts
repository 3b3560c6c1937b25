import type { Kysely } from "kysely";
import type { SettingStore } from "../interfaces/setting-store.ts";
import type { Tables } from "../schema/tables.ts";
import { noteAct } from "./audit/audit.ts";

export function settingStore(db: Kysely<Tables>): SettingStore {
  return {
    async list() {
      const rows = await db.selectFrom("setting").selectAll().orderBy("name").execute();
      return rows.map(({ name, value, changed_at }) => ({ name, value, changedAt: changed_at }));
    },

    change: (values, at, act) =>
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
        const names = Object.keys(values);
        if (act !== undefined && names.length > 0)
          await noteAct(transaction, act, { id: null, name: names.join(", "), detail: changeText(values) });
      }),
  };
}

/** What was set, so that a reader can compare it with the time before. */
function changeText(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${value ?? "the default"}`)
    .join("; ");
}
