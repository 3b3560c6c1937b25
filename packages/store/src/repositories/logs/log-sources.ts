/** The places that logs are read from, and how far. */
import type { Kysely, Selectable } from "kysely";
import type { LogStore, StoredLogSource } from "../../interfaces/log-store.ts";
import type { LogSourceTable, Tables } from "../../schema/tables.ts";

export function logSources(db: Kysely<Tables>): Pick<LogStore, "sources" | "addSource" | "removeSource" | "memories"> {
  return {
    async sources() {
      return (await db.selectFrom("log_source").selectAll().orderBy("id").execute()).map(sourceOf);
    },

    async addSource(location, origin, createdAt) {
      const row = await db
        .insertInto("log_source")
        .values({
          location,
          origin,
          created_at: createdAt,
          revision: 0,
          position: null,
          lines: 0,
          recognised: 0,
          first_line_at: null,
          last_line_at: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : sourceOf(row);
    },

    async removeSource(id) {
      const { numDeletedRows } = await db.deleteFrom("log_source").where("id", "=", id).executeTakeFirst();
      return numDeletedRows === 1n;
    },

    async memories(sourceId) {
      const rows = await db.selectFrom("log_memory").selectAll().where("source_id", "=", sourceId).orderBy("touched_at").execute();
      return rows.map(({ key, value, waiting_since, destination }) => ({ key, value, waitingSince: waiting_since, destination }));
    },
  };
}

function sourceOf(row: Selectable<LogSourceTable>): StoredLogSource {
  return {
    id: row.id,
    location: row.location,
    origin: row.origin,
    createdAt: row.created_at,
    revision: row.revision,
    position: row.position === null ? null : JSON.parse(row.position),
    lines: row.lines,
    recognised: row.recognised,
    lastLineAt: row.last_line_at,
  };
}
