import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const practice: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("probe")
      .addColumn("practice", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    // The practice lab was known by its name.
    await sql`update probe set practice = 1, observation = json_set(observation, '$.vantage.practice', json('true'))
      where vantage = 'lab'`.execute(db);
  },
};
