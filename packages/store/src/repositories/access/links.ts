import type { UserRole } from "@mxray/contracts";
import type { Kysely, Selectable } from "kysely";
import type { LinkStore, SignIn, StoredLink } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { LinkTable, Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";

export function linkStore(db: Kysely<Tables>): LinkStore {
  const selection = (reader: Kysely<Tables> = db) =>
    reader
      .selectFrom("link")
      .leftJoin("probe", "probe.id", "link.probe_id")
      .leftJoin("sign_in", "sign_in.id", "link.sign_in_id")
      .leftJoin("user_account", "user_account.id", "sign_in.user_id")
      .selectAll("link")
      .select(["sign_in.user_id as maker_id", "user_account.name as maker_name", "user_account.role as maker_role"])
      .select(["probe.target", "sign_in.at as maker_at", "sign_in.address as maker_address", "sign_in.browser as maker_browser"]);
  return {
    create: (link, act) =>
      db.transaction().execute(async (transaction) => {
        const id = newId();
        await transaction
          .insertInto("link")
          .values({
            id,
            opens: link.opens,
            probe_id: link.probeId,
            stress_id: link.stressId ?? null,
            name: link.name,
            token_hash: link.tokenHash,
            created_at: link.createdAt,
            expires_at: link.expiresAt,
            note: link.note,
            include_private: link.includePrivate ? PRIVATE.withSource : PRIVATE.none,
            revoked_at: null,
            last_used_at: null,
            opened: 0,
            sign_in_id: link.signInId,
          })
          .execute();
        const made = linkOf(await selection(transaction).where("link.id", "=", id).executeTakeFirstOrThrow());
        if (act !== undefined) await noteAct(transaction, act, { id, name: made.name, detail: made.opens });
        return made;
      }),

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

    revoke: (id, at, act) =>
      recorded(db, act, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable("link")
          .set({ revoked_at: at })
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return null;
        const { name } = linkOf(await selection(transaction).where("link.id", "=", id).executeTakeFirstOrThrow());
        return { id, name };
      }),
  };
}

interface JoinedColumns {
  target: string | null;
  maker_at: string | null;
  maker_address: string | null;
  maker_browser: string | null;
  maker_id: string | null;
  maker_name: string | null;
  maker_role: UserRole | null;
}

/** What is kept in `include_private`: `names` dates from when the sharer was not asked about this machine's address. */
const PRIVATE = { none: 0, names: 1, withSource: 2 } as const;

function linkOf(row: Selectable<LinkTable> & JoinedColumns): StoredLink {
  return {
    id: row.id,
    opens: row.opens,
    probeId: row.probe_id,
    stressId: row.stress_id,
    name: row.name ?? row.target ?? "",
    tokenHash: row.token_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    note: row.note,
    includePrivate: row.include_private !== PRIVATE.none,
    hidesSource: row.include_private !== PRIVATE.withSource,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    opened: row.opened,
    madeBy: makerOf(row),
  };
}

function makerOf(row: Selectable<LinkTable> & JoinedColumns): SignIn | null {
  const { sign_in_id, maker_at, maker_address, maker_browser, maker_id, maker_name, maker_role } = row;
  if (sign_in_id === null || maker_at === null) return null;
  const user = maker_id === null || maker_role === null ? null : { id: maker_id, name: maker_name ?? "", role: maker_role };
  return { id: sign_in_id, at: maker_at, address: maker_address, browser: maker_browser, user };
}
