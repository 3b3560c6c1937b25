import type { Kysely, Selectable } from "kysely";
import { newId } from "../new-id.ts";
import type { StoredWallLink, WallLinkStore } from "../store.ts";
import type { Tables, WallLinkTable } from "../tables.ts";

export function wallLinkStore(db: Kysely<Tables>): WallLinkStore {
  return {
    async create({ name, tokenHash, createdAt }) {
      const row = { id: newId(), name, token_hash: tokenHash, created_at: createdAt, last_used_at: null, revoked_at: null };
      await db.insertInto("wall_link").values(row).execute();
      return linkOf(row);
    },

    async byTokenHash(tokenHash) {
      const row = await db.selectFrom("wall_link").selectAll().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : linkOf(row);
    },

    async list() {
      return (await db.selectFrom("wall_link").selectAll().orderBy("id", "desc").execute()).map(linkOf);
    },

    async noteUse(id, at) {
      await db.updateTable("wall_link").set({ last_used_at: at }).where("id", "=", id).execute();
    },

    async revoke(id, at) {
      const { numUpdatedRows } = await db
        .updateTable("wall_link")
        .set({ revoked_at: at })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

function linkOf(row: Selectable<WallLinkTable>): StoredWallLink {
  return {
    id: row.id,
    name: row.name,
    tokenHash: row.token_hash,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
