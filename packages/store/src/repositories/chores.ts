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

    async turn(name, { now, until, latest }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("chore")
        .values({ name, due_at: until })
        .onConflict((conflict) =>
          conflict
            .column("name")
            .doUpdateSet({ due_at: until })
            .where((row) => row.or([row("chore.due_at", "<=", now), row("chore.due_at", ">", latest)])),
        )
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    async forgetTurns(prefix, before) {
      await db.deleteFrom("chore").where("name", "like", `${prefix}%`).where("due_at", "<", before).execute();
    },

    async done(name, until, next) {
      await db.updateTable("chore").set({ due_at: next }).where("name", "=", name).where("due_at", "=", until).execute();
    },
  };
}
