import type { Kysely, Selectable } from "kysely";
import type { StoredToken, TokenStore } from "../../interfaces/user-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ApiTokenTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function tokenStore(db: Kysely<Tables>): TokenStore {
  const tokens = () => db.selectFrom("api_token").selectAll();
  return {
    create: ({ name, tokenHash, scopes, createdAt, expiresAt, madeBy }, act) =>
      db.transaction().execute(async (transaction) => {
        const id = newId();
        const row = {
          id,
          name,
          token_hash: tokenHash,
          scopes: JSON.stringify(scopes),
          created_at: createdAt,
          expires_at: expiresAt,
          made_by: madeBy,
          revoked_at: null,
          last_used_at: null,
        };
        await transaction.insertInto("api_token").values(row).execute();
        await noteAct(transaction, act, { id, name, detail: `scopes: ${scopes.join(", ")}` });
        return tokenOf(row);
      }),

    async list() {
      return (await tokens().orderBy("id", "desc").execute()).map(tokenOf);
    },

    async byHash(tokenHash) {
      const row = await tokens().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : tokenOf(row);
    },

    async noteUse(id, at) {
      await db.updateTable("api_token").set({ last_used_at: at }).where("id", "=", id).execute();
    },

    revoke: (id, act) =>
      recorded(db, act, async (transaction) => {
        const row = await transaction
          .updateTable("api_token")
          .set({ revoked_at: act.at })
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .returning("name")
          .executeTakeFirst();
        return row === undefined ? null : { id, name: row.name };
      }),
  };
}

function tokenOf(row: Selectable<ApiTokenTable>): StoredToken {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as StoredToken["scopes"],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    madeBy: row.made_by,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
