import type { Kysely } from "kysely";
import type { ChoreStore } from "../interfaces/chore-store.ts";
import type { Tables } from "../schema/tables.ts";

export function choreStore(db: Kysely<Tables>): ChoreStore {
  return {
    async ask(name, at) {
      await db
        .insertInto("chore")
        .values({ name, due_at: at })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ due_at: at }).where("chore.due_at", ">", at))
        .execute();
    },

    async claim(name, { now, until, latest }) {
      const { numUpdatedRows } = await db
        .updateTable("chore")
        .set({ due_at: until })
        .where("name", "=", name)
        .where((row) => row.or([row("due_at", "<=", now), row("due_at", ">", latest)]))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async done(name, until, next) {
      await db.updateTable("chore").set({ due_at: next }).where("name", "=", name).where("due_at", "=", until).execute();
    },
  };
}
