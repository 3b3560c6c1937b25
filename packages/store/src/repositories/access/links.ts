import type { Kysely, Selectable } from "kysely";
import type { LinkStore, SignIn, StoredLink } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { LinkTable, Tables } from "../../schema/tables.ts";

export function linkStore(db: Kysely<Tables>): LinkStore {
  const selection = () =>
    db
      .selectFrom("link")
      .leftJoin("probe", "probe.id", "link.probe_id")
      .leftJoin("sign_in", "sign_in.id", "link.sign_in_id")
      .selectAll("link")
      .select(["probe.target", "sign_in.at as maker_at", "sign_in.address as maker_address", "sign_in.browser as maker_browser"]);
  return {
    async create(link) {
      const id = newId();
      await db
        .insertInto("link")
        .values({
          id,
          opens: link.opens,
          probe_id: link.probeId,
          name: link.name,
          token_hash: link.tokenHash,
          created_at: link.createdAt,
          expires_at: link.expiresAt,
          note: link.note,
          include_private: link.includePrivate ? 1 : 0,
          revoked_at: null,
          last_used_at: null,
          opened: 0,
          sign_in_id: link.signInId,
        })
        .execute();
      return linkOf(await selection().where("link.id", "=", id).executeTakeFirstOrThrow());
    },

    async byTokenHash(tokenHash) {
      const row = await selection().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? null : linkOf(row);
    },

    async list() {
      return (await selection().orderBy("link.id", "desc").execute()).map(linkOf);
    },

    async countOpening(id, at) {
      await db
        .updateTable("link")
        .set((row) => ({ opened: row("opened", "+", 1), last_used_at: at }))
        .where("id", "=", id)
        .execute();
    },

    async noteUse(id, at) {
      await db.updateTable("link").set({ last_used_at: at }).where("id", "=", id).execute();
    },

    async revoke(id, at) {
      const { numUpdatedRows } = await db
        .updateTable("link")
        .set({ revoked_at: at })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

interface JoinedColumns {
  target: string | null;
  maker_at: string | null;
  maker_address: string | null;
  maker_browser: string | null;
}

function linkOf(row: Selectable<LinkTable> & JoinedColumns): StoredLink {
  return {
    id: row.id,
    opens: row.opens,
    probeId: row.probe_id,
    name: row.name ?? row.target ?? "",
    tokenHash: row.token_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    note: row.note,
    includePrivate: row.include_private === 1,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    opened: row.opened,
    madeBy: makerOf(row),
  };
}

function makerOf({ sign_in_id, maker_at, maker_address, maker_browser }: Selectable<LinkTable> & JoinedColumns): SignIn | null {
  return sign_in_id === null || maker_at === null ? null : { id: sign_in_id, at: maker_at, address: maker_address, browser: maker_browser };
}
