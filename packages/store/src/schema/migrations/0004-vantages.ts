import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const vantages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("probe")
      .addColumn("vantage", "text", (column) => column.notNull().defaultTo("local"))
      .execute();
  },
};
