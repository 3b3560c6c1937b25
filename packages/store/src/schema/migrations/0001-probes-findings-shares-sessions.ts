import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const probesFindingsSharesSessions: Migration = {
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
