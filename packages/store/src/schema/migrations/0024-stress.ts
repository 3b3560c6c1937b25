import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const stress: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("stress_run")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("run_by", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("started_at", "text", (column) => column.notNull())
      .addColumn("touched_at", "text", (column) => column.notNull())
      .addColumn("ended_at", "text")
      .addColumn("problem", "text")
      .addColumn("options", "text", (column) => column.notNull())
      .addColumn("series", "text", (column) => column.notNull())
      .addColumn("result", "text")
      .addColumn("document", "text")
      .execute();
    await db.schema
      .alterTable("link")
      .addColumn("stress_id", "text", (column) => column.references("stress_run.id").onDelete("cascade"))
      .execute();
    await db.schema.createIndex("link_stress").on("link").column("stress_id").execute();
  },
};
