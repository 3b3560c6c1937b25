import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

const LOCAL = "local";

/** A target may be watched from several vantages: the table is built again, since SQLite cannot take a constraint away. */
export const watchVantages: Migration = {
  async up(db: Kysely<unknown>) {
    const columns = sql.raw(
      `id, target, request, created_at, due_at, refusals, trouble, code, since_at, memory, every_minutes, tags, paused`,
    );
    await db.schema
      .createTable("watch_by_vantage")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("vantage", "text", (column) => column.notNull().defaultTo(LOCAL))
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addColumn("refusals", "integer", (column) => column.notNull())
      .addColumn("trouble", "text")
      .addColumn("code", "text")
      .addColumn("since_at", "text")
      .addColumn("memory", "text", (column) => column.notNull().defaultTo("[]"))
      .addColumn("every_minutes", "integer")
      .addColumn("tags", "text", (column) => column.notNull().defaultTo("[]"))
      .addColumn("paused", "integer", (column) => column.notNull().defaultTo(0))
      .addUniqueConstraint("watch_target_vantage", ["target", "vantage"])
      .execute();
    await sql`insert into watch_by_vantage (${columns}) select ${columns} from watch`.execute(db);
    const { rows } = await sql<{ id: string; request: string }>`select id, request from watch`.execute(db);
    for (const { id, request } of rows) {
      const { vantage = LOCAL } = JSON.parse(request) as { readonly vantage?: string };
      if (vantage !== LOCAL) await sql`update watch_by_vantage set vantage = ${vantage} where id = ${id}`.execute(db);
    }
    await db.schema.dropTable("watch").execute();
    await db.schema.alterTable("watch_by_vantage").renameTo("watch").execute();
  },
};
