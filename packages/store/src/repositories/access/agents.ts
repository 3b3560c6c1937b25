import type { Kysely, Selectable } from "kysely";
import type { AgentFacts, AgentStore, StoredAgent } from "../../interfaces/agent-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { AgentTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function agentStore(db: Kysely<Tables>): AgentStore {
  const agents = () => db.selectFrom("agent").selectAll();
  return {
    create: ({ name, createdAt, enrolment }, act) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto("agent")
          .values({
            id: newId(),
            name,
            created_at: createdAt,
            enrol_hash: enrolment?.enrolHash ?? null,
            enrol_until: enrolment?.enrolUntil ?? null,
            secret_hash: null,
            enrolled_at: null,
            revoked_at: null,
            last_seen_at: null,
            facts: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return null;
        if (act !== undefined) await noteAct(transaction, act, { id: row.id, name });
        return agentOf(row);
      }),

    invite: (id, { enrolHash, enrolUntil }, act) =>
      recorded(db, act, async (transaction) => {
        const row = await transaction
          .updateTable("agent")
          .set({ enrol_hash: enrolHash, enrol_until: enrolUntil })
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .returning("name")
          .executeTakeFirst();
        return row === undefined ? null : { id, name: row.name };
      }),

    enrol: (enrolHash, secretHash, { at, address }) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction
          .updateTable("agent")
          .set({ enrol_hash: null, enrol_until: null, secret_hash: secretHash, enrolled_at: at })
          .where("enrol_hash", "=", enrolHash)
          .where("enrol_until", ">", at)
          .where("revoked_at", "is", null)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return null;
        const { id, name } = row;
        await noteAct(transaction, { at, address, action: "agent.enrolled", actor: { kind: "agent", id, name } }, { id, name });
        return agentOf(row);
      }),

    async bySecretHash(secretHash) {
      const row = await agents().where("secret_hash", "=", secretHash).executeTakeFirst();
      return row === undefined ? null : agentOf(row);
    },

    async list() {
      return (await agents().orderBy("name").orderBy("id").execute()).map(agentOf);
    },

    async seen(id, at, facts) {
      await db
        .updateTable("agent")
        .set({ last_seen_at: at, facts: JSON.stringify(facts) })
        .where("id", "=", id)
        .execute();
    },

    revoke: (id, act) =>
      recorded(db, act, async (transaction) => {
        const row = await transaction
          .updateTable("agent")
          .set({ revoked_at: act.at, enrol_hash: null, enrol_until: null })
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .returning("name")
          .executeTakeFirst();
        return row === undefined ? null : { id, name: row.name };
      }),
  };
}

function agentOf(row: Selectable<AgentTable>): StoredAgent {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    enrolUntil: row.enrol_until,
    enrolledAt: row.enrolled_at,
    revokedAt: row.revoked_at,
    lastSeenAt: row.last_seen_at,
    facts: row.facts === null ? null : (JSON.parse(row.facts) as AgentFacts),
  };
}
