import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const logTotals: Migration = {
  async up(db: Kysely<unknown>) {
    // All peers of a direction together: charts of everything are drawn from few rows.
    await db.schema
      .createTable("log_total")
      .addColumn("start", "integer", (column) => column.notNull())
      .addColumn("direction", "text", (column) => column.notNull())
      .addColumn("measure_id", "integer", (column) => column.notNull())
      .addColumn("count", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("log_total_identity", ["start", "direction", "measure_id"])
      .modifyEnd(sql`without rowid`)
      .execute();
    await sql`insert into log_total (start, direction, measure_id, count)
      select start, direction, measure_id, sum(count) from log_count join log_peer on log_peer.id = peer_id
      group by start, direction, measure_id`.execute(db);

    // What lists of events are narrowed by is found without reading the events themselves.
    await db.schema.alterTable("log_event").addColumn("bytes", "integer").execute();
    await db.schema.alterTable("log_event").addColumn("queue_id", "text").execute();
    await sql`update log_event set bytes = event ->> '$.bytes', queue_id = event ->> '$.queueId'`.execute(db);
    await db.schema.dropIndex("log_event_at").execute();
    await db.schema.dropIndex("log_event_peer").execute();
    await db.schema.createIndex("log_event_list").on("log_event").columns(["at", "stage", "size", "bytes", "peer_id"]).execute();
    await db.schema.createIndex("log_event_of_peer").on("log_event").columns(["peer_id", "kind", "at", "stage", "size", "bytes"]).execute();
    await db.schema.createIndex("log_event_kind").on("log_event").columns(["kind", "at"]).execute();
    // The probe whose end is waited for, so that a restart does not forget to look at it.
    await db.schema.alterTable("peer_probe").addColumn("probe_id", "text").execute();
    await db.schema.createIndex("log_event_queue_id").on("log_event").column("queue_id").execute();
  },
};
