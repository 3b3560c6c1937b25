import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const deliveryClaims: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("delivery").addColumn("probe_id", "text").execute();
    await db.schema.alterTable("delivery").addColumn("begun_at", "text").execute();
    await db.schema.alterTable("delivery").addColumn("message_ids", "text").execute();
    await db.schema.createIndex("delivery_probe").unique().on("delivery").column("probe_id").execute();
    await db.schema.createIndex("delivery_begun_at").on("delivery").column("begun_at").execute();
    // Whether these had begun to deliver was not noted: they may not be run again.
    await sql`update probe set status = 'failed', finished_at = coalesce(started_at, created_at),
      error = 'The server ended while this delivery test ran. A delivery is never repeated; start the test again if it is still needed.'
      where status = 'running' and request ->> '$.deliverTo' is not null`.execute(db);
  },
};
