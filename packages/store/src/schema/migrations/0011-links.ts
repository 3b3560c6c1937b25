import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const links: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("link")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("opens", "text", (column) => column.notNull())
      .addColumn("probe_id", "text", (column) => column.references("probe.id").onDelete("cascade"))
      .addColumn("name", "text")
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("expires_at", "text")
      .addColumn("note", "text")
      .addColumn("include_private", "integer", (column) => column.notNull())
      .addColumn("revoked_at", "text")
      .addColumn("last_used_at", "text")
      .addColumn("opened", "integer", (column) => column.notNull())
      .addColumn("sign_in_id", "text", (column) => column.references("sign_in.id"))
      .addCheckConstraint("link_opens_something", sql`case opens when 'diagnosis' then probe_id is not null else name is not null end`)
      .execute();
    const shared = sql`token_hash, created_at, revoked_at, opened, sign_in_id`;
    await sql`insert into link (id, opens, probe_id, expires_at, note, include_private, last_used_at, ${shared})
      select id, 'diagnosis', probe_id, expires_at, note, include_private, last_opened_at, ${shared} from share`.execute(db);
    await sql`insert into link (id, opens, name, include_private, last_used_at, ${shared})
      select id, 'wall', name, 0, last_used_at, ${shared} from wall_link`.execute(db);
    await db.schema.dropTable("share").execute();
    await db.schema.dropTable("wall_link").execute();
    await db.schema.createIndex("link_probe").on("link").column("probe_id").execute();
  },
};
