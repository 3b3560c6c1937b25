import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const unchangedRounds: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema.alterTable("probe").addColumn("round_key", "text").execute();
    await schema.alterTable("probe").addColumn("measures", "text").execute();
    // No reference: what a user deletes is gone, also for the rounds that repeat it.
    await schema.alterTable("probe").addColumn("same_as", "text").execute();
    await sql`create index probe_same_as on probe (same_as) where same_as is not null`.execute(db);
  },
};
