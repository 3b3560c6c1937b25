import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const agents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("agent")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("enrol_hash", "text", (column) => column.unique())
      .addColumn("enrol_until", "text")
      .addColumn("secret_hash", "text", (column) => column.unique())
      .addColumn("enrolled_at", "text")
      .addColumn("revoked_at", "text")
      .addColumn("last_seen_at", "text")
      .addColumn("facts", "text")
      .execute();
    await sql`create unique index agent_name on agent (name) where revoked_at is null`.execute(db);
    await db.schema
      .alterTable("log_source")
      .addColumn("agent_id", "text", (column) => column.references("agent.id"))
      .execute();
  },
};
