import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const findingLife: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("finding_change")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("finding_id", "text", (column) => column.notNull().references("finding.id").onDelete("cascade"))
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("change", "text", (column) => column.notNull())
      .addColumn("probe_id", "text")
      .addColumn("note", "text")
      .execute();
    await db.schema.createIndex("finding_change_of_finding").on("finding_change").columns(["finding_id", "id"]).execute();
    await sql`insert into finding_change (finding_id, at, change) select id, first_seen_at, 'opened' from finding`.execute(db);
    await sql`insert into finding_change (finding_id, at, change, note)
      select id, last_seen_at, 'acknowledged', note from finding where state = 'acknowledged'`.execute(db);
    await sql`insert into finding_change (finding_id, at, change, probe_id)
      select id, fixed_at, 'fixed', fixed_by from finding where state = 'fixed'`.execute(db);

    await db.schema
      .alterTable("finding")
      .addColumn("title", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    await sql`update finding set title = json_extract(finding, '$.title')`.execute(db);
  },
};
