import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const probeGroups: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("probe").addColumn("group_id", "text").execute();
    await db.schema.createIndex("probe_group").on("probe").column("group_id").execute();
  },
};
