/** The places that logs are read from, and how far. */

import type { Insertable, Kysely, Selectable } from "kysely";
import type { LogSourceNamer, LogStore, StoredLogSource } from "../../interfaces/log-store.ts";
import type { LogSourceTable } from "../../schema/log-tables.ts";
import type { Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function logSources(db: Kysely<Tables>): Pick<LogStore, "sources" | "addSource" | "adoptSources" | "removeSource" | "memories"> {
  return {
    async sources() {
      return (await db.selectFrom("log_source").selectAll().orderBy("id").execute()).map(sourceOf);
    },

    addSource: (location, by, createdAt, act) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto("log_source")
          .values({
            ...columnsOf(location, by),
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

    adoptSources: (server) =>
      db.transaction().execute(async (transaction) => {
        const rows = await transaction
          .selectFrom("log_source")
          .selectAll()
          .where("agent_id", "is", null)
          .where("server", server === null ? "is not" : "is", null)
          .orderBy("id")
          .execute();
        for (const row of rows) {
          const location = `${prefixOf(server)}${sourceOf(row).location}`;
          await transaction
            .updateTable("log_source")
            .set({ server, location })
            .where("id", "=", row.id)
            .where(({ not, exists, selectFrom }) =>
              not(exists(selectFrom("log_source as other").select("other.id").where("other.location", "=", location))),
            )
            .execute();
        }
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

/** Locations are unique: that of an agent's log, or of one server's among several, begins with whose it is. */
function prefixOf(server: string | null): string {
  return server === null ? "" : `@${server} `;
}

function columnsOf(location: string, by: LogSourceNamer): Pick<Insertable<LogSourceTable>, "location" | "origin" | "agent_id" | "server"> {
  if (typeof by === "string") return { location, origin: by, agent_id: null, server: null };
  if ("agentId" in by) return { location: `${by.agentId} ${location}`, origin: "agent", agent_id: by.agentId, server: null };
  return { location: `${prefixOf(by.server)}${location}`, origin: by.origin, agent_id: null, server: by.server };
}

function sourceOf(row: Selectable<LogSourceTable>): StoredLogSource {
  const { agent_id: agentId, server } = row;
  return {
    id: row.id,
    location: row.location.slice(agentId === null ? prefixOf(server).length : agentId.length + 1),
    origin: row.origin,
    agentId,
    server,
    createdAt: row.created_at,
    revision: row.revision,
    position: row.position === null ? null : JSON.parse(row.position),
    lines: row.lines,
    recognised: row.recognised,
    lastLineAt: row.last_line_at,
  };
}
