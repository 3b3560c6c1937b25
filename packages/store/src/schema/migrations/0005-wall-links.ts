import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const wallLinks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("wall_link")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("last_used_at", "text")
      .addColumn("revoked_at", "text")
      .execute();
    // A wall screen asks every few seconds for the newest probe of each target.
    await db.schema.createIndex("probe_target").on("probe").columns(["target", "id", "status"]).execute();
  },
};
