import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const watches: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("watch")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull().unique())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addColumn("refusals", "integer", (column) => column.notNull())
      .addColumn("trouble", "text")
      .addColumn("code", "text")
      .addColumn("since_at", "text")
      .execute();
    await db.schema.alterTable("probe").addColumn("watch_id", "text").execute();
    await db.schema.createIndex("probe_watch").on("probe").columns(["watch_id", "id"]).execute();
    // Whether an old round is what a later probe is compared with.
    await db.schema.createIndex("probe_previous").on("probe").column("previous_id").execute();
  },
};
