import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const alerts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("channel")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull().unique())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("url", "text", (column) => column.notNull())
      .addColumn("secret", "text")
      .addColumn("secret_from", "text")
      .addColumn("mail_from", "text")
      .addColumn("mail_to", "text", (column) => column.notNull())
      .addColumn("severities", "text", (column) => column.notNull())
      .addColumn("remind_hours", "integer")
      .addColumn("quiet", "text")
      .addColumn("paused", "integer", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("call_at", "text")
      .addColumn("trouble", "text")
      .execute();
    // No references: the log of deliveries outlives findings that are forgotten.
    await db.schema
      .createTable("alert")
      .addColumn("number", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("channel_id", "text", (column) => column.notNull())
      .addColumn("change_id", "integer")
      .addColumn("finding_id", "text")
      .addColumn("event", "text", (column) => column.notNull())
      .addColumn("ordinal", "integer", (column) => column.notNull())
      .addColumn("finding", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addColumn("leased_until", "text")
      .addColumn("attempts", "integer", (column) => column.notNull())
      .addColumn("tried_at", "text")
      .addColumn("answer", "text")
      .addColumn("ended_at", "text")
      .execute();
    await db.schema.createIndex("alert_once").unique().on("alert").columns(["change_id", "channel_id", "event", "ordinal"]).execute();
    await db.schema.createIndex("alert_finding").on("alert").columns(["finding_id", "channel_id"]).execute();
    await db.schema.createIndex("alert_due").on("alert").columns(["state", "due_at"]).execute();
    await db.schema.createIndex("alert_channel").on("alert").columns(["channel_id", "state"]).execute();
  },
};
