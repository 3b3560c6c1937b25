import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const logs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("log_source")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("location", "text", (column) => column.notNull().unique())
      .addColumn("origin", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("position", "text")
      .addColumn("lines", "integer", (column) => column.notNull())
      .addColumn("recognised", "integer", (column) => column.notNull())
      .addColumn("last_line_at", "text")
      .execute();

    await db.schema
      .createTable("log_peer")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("identity", "text", (column) => column.notNull().unique())
      .addColumn("name", "text")
      .addColumn("address", "text")
      .addColumn("port", "integer")
      .addColumn("direction", "text", (column) => column.notNull())
      .addColumn("reach", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("log_peer_address").on("log_peer").column("address").execute();
    await db.schema.createIndex("log_peer_name").on("log_peer").column("name").execute();

    await db.schema
      .createTable("log_measure")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("measure", "text", (column) => column.notNull())
      .addColumn("note", "text", (column) => column.notNull())
      .addUniqueConstraint("log_measure_identity", ["measure", "note"])
      .execute();

    // Small whole numbers and nothing else: SQLite keeps such a row in some 20 bytes.
    await db.schema
      .createTable("log_count")
      .addColumn("start", "integer", (column) => column.notNull())
      .addColumn("peer_id", "integer", (column) => column.notNull())
      .addColumn("measure_id", "integer", (column) => column.notNull())
      .addColumn("value", "integer", (column) => column.notNull())
      .addColumn("count", "integer", (column) => column.notNull())
      .addColumn("least", "integer")
      .addColumn("most", "integer")
      .addPrimaryKeyConstraint("log_count_identity", ["start", "peer_id", "measure_id", "value"])
      .modifyEnd(sql`without rowid`)
      .execute();

    await db.schema
      .createTable("log_event")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("source_id", "integer", (column) => column.notNull().references("log_source.id").onDelete("cascade"))
      .addColumn("at", "integer", (column) => column.notNull())
      .addColumn("peer_id", "integer")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("stage", "text")
      .addColumn("size", "integer")
      .addColumn("event", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("log_event_at").on("log_event").columns(["at"]).execute();
    await db.schema.createIndex("log_event_peer").on("log_event").columns(["peer_id", "at"]).execute();

    await db.schema
      .createTable("log_memory")
      .addColumn("source_id", "integer", (column) => column.notNull().references("log_source.id").onDelete("cascade"))
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("value", "text", (column) => column.notNull())
      .addColumn("touched_at", "integer", (column) => column.notNull())
      .addColumn("waiting_since", "text")
      .addColumn("destination", "text")
      .addPrimaryKeyConstraint("log_memory_identity", ["source_id", "key"])
      .modifyEnd(sql`without rowid`)
      .execute();

    await db.schema
      .createTable("peer_probe")
      .addColumn("address", "text", (column) => column.primaryKey())
      .addColumn("probed_at", "text", (column) => column.notNull())
      .addColumn("refused_at", "text")
      .execute();

    await db.schema.alterTable("finding").addColumn("absorbed_by", "text").execute();
  },
};
