import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const monitors: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .alterTable("watch")
      .addColumn("memory", "text", (column) => column.notNull().defaultTo("[]"))
      .execute();
    // Null: as often as the setting says.
    await schema.alterTable("watch").addColumn("every_minutes", "integer").execute();
    await schema
      .alterTable("watch")
      .addColumn("tags", "text", (column) => column.notNull().defaultTo("[]"))
      .execute();
    await schema
      .alterTable("watch")
      .addColumn("paused", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await schema
      .createTable("maintenance")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull().unique())
      .addColumn("targets", "text", (column) => column.notNull())
      .addColumn("tags", "text", (column) => column.notNull())
      .addColumn("begins_at", "text")
      .addColumn("cron", "text")
      .addColumn("timezone", "text", (column) => column.notNull())
      .addColumn("minutes", "integer", (column) => column.notNull())
      .execute();
  },
};
