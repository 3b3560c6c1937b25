import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const search: Migration = {
  async up(db: Kysely<unknown>) {
    // All that a list of findings filters and sorts by: a finding itself is long, and lies between these columns.
    await db.schema
      .createIndex("finding_search")
      .on("finding")
      .columns(["state", "absorbed_by", "severity_rank", "last_seen_at", "id", "code", "subject_key", "title", "note"])
      .execute();
  },
};
