import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const settings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("setting")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .addColumn("changed_at", "text", (column) => column.notNull())
      .execute();

    // A link outlives the session in which it was made, and still says whose that was.
    await db.schema
      .createTable("sign_in")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("address", "text")
      .addColumn("browser", "text")
      .execute();
    for (const table of ["session", "share", "wall_link"]) {
      await db.schema
        .alterTable(table)
        .addColumn("sign_in_id", "text", (column) => column.references("sign_in.id"))
        .execute();
    }
    await sql`insert into sign_in (id, at) select 'session-' || rowid, created_at from session`.execute(db);
    await sql`update session set sign_in_id = 'session-' || rowid`.execute(db);

    await db.schema
      .alterTable("wall_link")
      .addColumn("opened", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    // Old probes are looked for every hour, and each is asked what was found by it.
    await db.schema.createIndex("probe_created").on("probe").column("created_at").execute();
    await db.schema.createIndex("finding_probe").on("finding").column("probe_id").execute();
  },
};
