import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const access: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("user_account")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("name_key", "text", (column) => column.notNull().unique())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("disabled_at", "text")
      .addColumn("last_signed_in_at", "text")
      .addColumn("password", "text")
      .execute();
    // No reference: what a deleted user made keeps its sign-in, and a sign-in of nobody opens nothing.
    await db.schema.alterTable("sign_in").addColumn("user_id", "text").execute();
    await db.schema.alterTable("sign_in_token").addColumn("user_id", "text").execute();
    await db.schema
      .createTable("api_token")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .addColumn("made_by", "text")
      .addColumn("revoked_at", "text")
      .addColumn("last_used_at", "text")
      .execute();
    await db.schema
      .createTable("audit")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text")
      .addColumn("actor_name", "text")
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("object_id", "text")
      .addColumn("object_name", "text")
      .addColumn("detail", "text")
      .execute();
    await db.schema.createIndex("audit_at").on("audit").column("at").execute();
  },
};
