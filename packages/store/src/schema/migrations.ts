/** The schema's history: a migration that was released is never changed, a new one follows it. */
import { type Kysely, sql } from "kysely";
import type { Migration, MigrationProvider } from "kysely/migration";
import { samePeers } from "./same-peers.ts";

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("probe")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("started_at", "text")
      .addColumn("finished_at", "text")
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("previous_id", "text")
      .addColumn("observation", "text")
      .addColumn("verdict", "text")
      .addColumn("error", "text")
      .execute();
    await db.schema.createIndex("probe_status").on("probe").columns(["status", "id"]).execute();

    await db.schema
      .createTable("finding")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("code", "text", (column) => column.notNull())
      .addColumn("subject_key", "text", (column) => column.notNull())
      .addColumn("address", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("severity_rank", "integer", (column) => column.notNull())
      .addColumn("finding", "text", (column) => column.notNull())
      .addColumn("first_seen_at", "text", (column) => column.notNull())
      .addColumn("last_seen_at", "text", (column) => column.notNull())
      .addColumn("probe_id", "text")
      .addColumn("fixed_at", "text")
      .addColumn("fixed_by", "text")
      .addColumn("note", "text")
      .addUniqueConstraint("finding_identity", ["code", "subject_key"])
      .execute();

    await db.schema
      .createTable("probe_finding")
      .addColumn("probe_id", "text", (column) => column.notNull().references("probe.id").onDelete("cascade"))
      .addColumn("finding_id", "text", (column) => column.notNull().references("finding.id").onDelete("cascade"))
      .addPrimaryKeyConstraint("probe_finding_pair", ["probe_id", "finding_id"])
      .execute();
    await db.schema.createIndex("probe_finding_of_finding").on("probe_finding").column("finding_id").execute();

    await db.schema
      .createTable("share")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("probe_id", "text", (column) => column.notNull().references("probe.id").onDelete("cascade"))
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .addColumn("note", "text")
      .addColumn("include_private", "integer", (column) => column.notNull())
      .addColumn("revoked_at", "text")
      .addColumn("last_opened_at", "text")
      .addColumn("opened", "integer", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("sign_in_token")
      .addColumn("token_hash", "text", (column) => column.primaryKey())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("session")
      .addColumn("session_hash", "text", (column) => column.primaryKey())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .execute();
  },
};

const deliveries: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("delivery")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("recipient", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("delivery_at").on("delivery").column("at").execute();
  },
};

const logs: Migration = {
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

const vantages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("probe")
      .addColumn("vantage", "text", (column) => column.notNull().defaultTo("local"))
      .execute();
  },
};

const wallLinks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("wall_link")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("last_used_at", "text")
      .addColumn("revoked_at", "text")
      .execute();
    // A wall screen asks every few seconds for the newest probe of each target.
    await db.schema.createIndex("probe_target").on("probe").columns(["target", "id", "status"]).execute();
  },
};

const findingLife: Migration = {
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

const watches: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("watch")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull().unique())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addColumn("refusals", "integer", (column) => column.notNull())
      .addColumn("trouble", "text")
      .addColumn("code", "text")
      .addColumn("since_at", "text")
      .execute();
    await db.schema.alterTable("probe").addColumn("watch_id", "text").execute();
    await db.schema.createIndex("probe_watch").on("probe").columns(["watch_id", "id"]).execute();
    // Whether an old round is what a later probe is compared with.
    await db.schema.createIndex("probe_previous").on("probe").column("previous_id").execute();
  },
};

const settings: Migration = {
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

const logTotals: Migration = {
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

const search: Migration = {
  async up(db: Kysely<unknown>) {
    // All that a list of findings filters and sorts by: a finding itself is long, and lies between these columns.
    await db.schema
      .createIndex("finding_search")
      .on("finding")
      .columns(["state", "absorbed_by", "severity_rank", "last_seen_at", "id", "code", "subject_key", "title", "note"])
      .execute();
  },
};

const links: Migration = {
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

const deliveryClaims: Migration = {
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

export const migrations: MigrationProvider = {
  async getMigrations() {
    return {
      "0001-probes-findings-shares-sessions": first,
      "0002-deliveries": deliveries,
      "0003-logs": logs,
      "0004-vantages": vantages,
      "0005-wall-links": wallLinks,
      "0006-finding-life": findingLife,
      "0007-watches": watches,
      "0008-settings": settings,
      "0009-log-totals": logTotals,
      "0010-search": search,
      "0011-links": links,
      "0012-delivery-claims": deliveryClaims,
      "0013-same-peers": samePeers,
    };
  },
};
