import type { Kysely, Selectable } from "kysely";
import type { StoredWallLink, WallLinkStore } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables, WallLinkTable } from "../../schema/tables.ts";
import { MAKER_COLUMNS, type MakerColumns, makerOf } from "./link-maker.ts";

export function wallLinkStore(db: Kysely<Tables>): WallLinkStore {
  const selection = () =>
    db
      .selectFrom("wall_link")
      .leftJoin("sign_in", "sign_in.id", "wall_link.sign_in_id")
      .selectAll("wall_link")
      .select([...MAKER_COLUMNS]);
  return {
    async create({ name, tokenHash, createdAt, signInId }) {
      const id = newId();
      await db
        .insertInto("wall_link")
        .values({
          id,
          name,
          token_hash: tokenHash,
          created_at: createdAt,
          last_used_at: null,
          opened: 0,
          revoked_at: null,
          sign_in_id: signInId,
        })
        .execute();
      return linkOf(await selection().where("wall_link.id", "=", id).executeTakeFirstOrThrow());
    },

    async byTokenHash(tokenHash) {
      const row = await selection().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : linkOf(row);
    },

    async list() {
      return (await selection().orderBy("wall_link.id", "desc").execute()).map(linkOf);
    },

    async countOpening(id, at) {
      await db
        .updateTable("wall_link")
        .set((row) => ({ opened: row("opened", "+", 1), last_used_at: at }))
        .where("id", "=", id)
        .execute();
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

function linkOf(row: Selectable<WallLinkTable> & MakerColumns): StoredWallLink {
  return {
    id: row.id,
    name: row.name,
    tokenHash: row.token_hash,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    opened: row.opened,
    revokedAt: row.revoked_at,
    madeBy: makerOf(row),
  };
}
