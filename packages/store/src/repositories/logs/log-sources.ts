/** The places that logs are read from, and how far. */

import type { Kysely, Selectable } from "kysely";
import type { LogStore, StoredLogSource } from "../../interfaces/log-store.ts";
import type { LogSourceTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function logSources(db: Kysely<Tables>): Pick<LogStore, "sources" | "addSource" | "removeSource" | "memories"> {
  return {
    async sources() {
      return (await db.selectFrom("log_source").selectAll().orderBy("id").execute()).map(sourceOf);
    },

    addSource: (location, by, createdAt, act) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto("log_source")
          .values({
            ...(typeof by === "string"
              ? { location, origin: by, agent_id: null }
              : { location: `${by.agentId} ${location}`, origin: "agent" as const, agent_id: by.agentId }),
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
        if (row === undefined) return null;
        if (act !== undefined) await noteAct(transaction, act, { id: String(row.id), name: location });
        return sourceOf(row);
      }),

    removeSource: (id, act) =>
      recorded(db, act, async (transaction) => {
        const removed = await transaction.deleteFrom("log_source").where("id", "=", id).returningAll().executeTakeFirst();
        return removed === undefined ? null : { id: String(id), name: sourceOf(removed).location };
      }),

    async memories(sourceId) {
      const rows = await db.selectFrom("log_memory").selectAll().where("source_id", "=", sourceId).orderBy("touched_at").execute();
      return rows.map(({ key, value, waiting_since, destination }) => ({ key, value, waitingSince: waiting_since, destination }));
    },
  };
}

function sourceOf(row: Selectable<LogSourceTable>): StoredLogSource {
  return {
    id: row.id,
    location: row.agent_id === null ? row.location : row.location.slice(row.agent_id.length + 1),
    origin: row.origin,
    agentId: row.agent_id,
    createdAt: row.created_at,
    revision: row.revision,
    position: row.position === null ? null : JSON.parse(row.position),
    lines: row.lines,
    recognised: row.recognised,
    lastLineAt: row.last_line_at,
  };
}
