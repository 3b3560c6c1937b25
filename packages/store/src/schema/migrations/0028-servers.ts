import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const servers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("log_source").addColumn("server", "text").execute();
  },
};
