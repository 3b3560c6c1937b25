import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const claims: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("probe").addColumn("owner", "text").execute();
    await db.schema.alterTable("probe").addColumn("leased_until", "text").execute();
    await db.schema
      .createTable("chore")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("due_at", "text", (column) => column.notNull())
      .execute();
  },
};
