import type { Kysely, Selectable } from "kysely";
import type { ShareStore, StoredShare } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ShareTable, Tables } from "../../schema/tables.ts";
import { MAKER_COLUMNS, type MakerColumns, makerOf } from "./link-maker.ts";

export function shareStore(db: Kysely<Tables>): ShareStore {
  const selection = () =>
    db
      .selectFrom("share")
      .innerJoin("probe", "probe.id", "share.probe_id")
      .leftJoin("sign_in", "sign_in.id", "share.sign_in_id")
      .selectAll("share")
      .select(["probe.target", ...MAKER_COLUMNS]);
  return {
    async create(share) {
      const id = newId();
      await db
        .insertInto("share")
        .values({
          id,
          probe_id: share.probeId,
          token_hash: share.tokenHash,
          created_at: share.createdAt,
          expires_at: share.expiresAt,
          note: share.note,
          include_private: share.includePrivate ? 1 : 0,
          revoked_at: null,
          last_opened_at: null,
          opened: 0,
          sign_in_id: share.signInId,
        })
        .execute();
      return shareOf(await selection().where("share.id", "=", id).executeTakeFirstOrThrow());
    },

    async byTokenHash(tokenHash) {
      const row = await selection().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : shareOf(row);
    },

    async list() {
      return (await selection().orderBy("share.id", "desc").execute()).map(shareOf);
    },

    async countOpening(id, at) {
      await db
        .updateTable("share")
        .set((row) => ({ opened: row("opened", "+", 1), last_opened_at: at }))
        .where("id", "=", id)
        .execute();
    },

    async revoke(id, at) {
      const { numUpdatedRows } = await db
        .updateTable("share")
        .set({ revoked_at: at })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

function shareOf(row: Selectable<ShareTable> & MakerColumns & { target: string }): StoredShare {
  return {
    id: row.id,
    probeId: row.probe_id,
    tokenHash: row.token_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    note: row.note,
    includePrivate: row.include_private === 1,
    target: row.target,
    revokedAt: row.revoked_at,
    lastOpenedAt: row.last_opened_at,
    opened: row.opened,
    madeBy: makerOf(row),
  };
}
