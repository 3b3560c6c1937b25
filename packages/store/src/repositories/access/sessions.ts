import type { Kysely } from "kysely";
import type { SessionStore } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { noteAct } from "../audit/audit.ts";
import { forgetSignIns } from "./access-tidying.ts";
import { useSignInToken } from "./sign-in-tokens.ts";

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async addSignInToken(tokenHash, expiresAt, invitation) {
      await db.transaction().execute(async (transaction) => {
        const { userId = null, act } = invitation ?? {};
        if (userId !== null) await transaction.deleteFrom("sign_in_token").where("user_id", "=", userId).execute();
        await transaction.insertInto("sign_in_token").values({ token_hash: tokenHash, expires_at: expiresAt, user_id: userId }).execute();
        if (invitation !== undefined && act !== undefined) await noteAct(transaction, act, { id: userId, name: invitation.name });
      });
    },

    consumeSignInToken: (tokenHash, now) => useSignInToken(db, tokenHash, now),

    async signInToken(tokenHash, now) {
      const row = await db
        .selectFrom("sign_in_token")
        .select("user_id")
        .where("token_hash", "=", tokenHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row === undefined ? null : { userId: row.user_id };
    },

    create: ({ sessionHash, createdAt, expiresAt, address, browser, userId = null, replaces = null }, act) =>
      db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("session").where("expires_at", "<=", createdAt).execute();
        if (replaces !== null) await transaction.deleteFrom("session").where("session_hash", "=", replaces).execute();
        await forgetSignIns(transaction);
        const id = newId();
        await transaction.insertInto("sign_in").values({ id, at: createdAt, address, browser, user_id: userId }).execute();
        if (userId !== null) {
          await transaction.updateTable("user_account").set({ last_signed_in_at: createdAt }).where("id", "=", userId).execute();
        }
        await transaction
          .insertInto("session")
          .values({ session_hash: sessionHash, created_at: createdAt, expires_at: expiresAt, sign_in_id: id })
          .execute();
        if (act !== undefined) await noteAct(transaction, act, { id: null, name: null, detail: browser });
      }),

    async signInOf(sessionHash, now) {
      const row = await db
        .selectFrom("session")
        .innerJoin("sign_in", "sign_in.id", "session.sign_in_id")
        .leftJoin("user_account", "user_account.id", "sign_in.user_id")
        .select(["sign_in.id", "sign_in.at", "sign_in.address", "sign_in.browser", "sign_in.user_id"])
        .select(["user_account.name as user_name", "user_account.role as user_role", "user_account.disabled_at"])
        .where("session_hash", "=", sessionHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      if (row === undefined) return null;
      const { id, at, address, browser, user_id, user_name, user_role, disabled_at } = row;
      if (user_id === null) return { id, at, address, browser, user: null };
      // A user who is gone or disabled is nobody, never the owner.
      if (user_name === null || user_role === null || disabled_at !== null) return null;
      return { id, at, address, browser, user: { id: user_id, name: user_name, role: user_role } };
    },

    async delete(sessionHash, act) {
      await db.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction.deleteFrom("session").where("session_hash", "=", sessionHash).executeTakeFirst();
        if (numDeletedRows === 1n && act !== undefined) await noteAct(transaction, act, { id: null, name: null });
      });
    },
  };
}
