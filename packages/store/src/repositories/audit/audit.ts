import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Act, ActObject, AuditStore, StoredAct } from "../../interfaces/audit-store.ts";
import type { AuditTable, Tables } from "../../schema/tables.ts";
import { holdsText } from "../../sql/dialect.ts";

export function auditStore(db: Kysely<Tables>): AuditStore {
  return {
    note: (act, object) => noteAct(db, act, object),

    async list({ before, limit, action, text }) {
      let query = db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit);
      if (before !== undefined) query = query.where("id", "<", before);
      if (action !== undefined) query = query.where("action", "=", action);
      if (text !== undefined) {
        const holds = (column: string) => holdsText(sql`coalesce(${sql.ref(column)}, '')`, text);
        query = query.where((row) => row.or([holds("actor_name"), holds("object_name")]));
      }
      return (await query.execute()).map(actOf);
    },

    async tidy(before) {
      await db.deleteFrom("audit").where("at", "<", before).execute();
    },
  };
}

/** Inside a transaction: the act and its record are kept together or not at all. */
export async function noteAct(db: Kysely<Tables>, { at, actor, address, action }: Act, object: ActObject): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      at,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_name: actor.name,
      address,
      action,
      object_id: object.id,
      object_name: object.name,
      detail: object.detail ?? null,
    })
    .execute();
}

/**
 * Does something and records it, in one transaction.
 *
 * @param act none where mxray itself acts
 * @param work gives what it changed; null if that is nothing
 */
export async function recorded(
  db: Kysely<Tables>,
  act: Act | undefined,
  work: (transaction: Transaction<Tables>) => Promise<ActObject | null>,
): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    const object = await work(transaction);
    if (object !== null && act !== undefined) await noteAct(transaction, act, object);
    return object !== null;
  });
}

function actOf(row: Selectable<AuditTable>): StoredAct {
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    address: row.address,
    action: row.action,
    object: { id: row.object_id, name: row.object_name, detail: row.detail },
  };
}
