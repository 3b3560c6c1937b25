import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const signOn: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("user_account").addColumn("issuer", "text").execute();
    await db.schema.alterTable("user_account").addColumn("subject", "text").execute();
    await sql`create unique index user_account_identity on user_account (issuer, subject)`.execute(db);
  },
};
