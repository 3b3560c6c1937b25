import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const deliveries: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("delivery")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("recipient", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("delivery_at").on("delivery").column("at").execute();
  },
};
