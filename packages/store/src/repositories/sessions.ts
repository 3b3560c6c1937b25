import type { Kysely } from "kysely";
import type { SessionStore } from "../store.ts";
import type { Tables } from "../tables.ts";

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async addSignInToken(tokenHash, expiresAt) {
      await db.insertInto("sign_in_token").values({ token_hash: tokenHash, expires_at: expiresAt }).execute();
    },

    async consumeSignInToken(tokenHash, now) {
      const { numDeletedRows } = await db
        .deleteFrom("sign_in_token")
        .where("token_hash", "=", tokenHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      await db.deleteFrom("sign_in_token").where("expires_at", "<=", now).execute();
      return numDeletedRows === 1n;
    },

    async hasSignInToken(tokenHash, now) {
      const row = await db
        .selectFrom("sign_in_token")
        .select("token_hash")
        .where("token_hash", "=", tokenHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row !== undefined;
    },

    async create(sessionHash, createdAt, expiresAt) {
      await db.deleteFrom("session").where("expires_at", "<=", createdAt).execute();
      await db.insertInto("session").values({ session_hash: sessionHash, created_at: createdAt, expires_at: expiresAt }).execute();
    },

    async has(sessionHash, now) {
      const row = await db
        .selectFrom("session")
        .select("session_hash")
        .where("session_hash", "=", sessionHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row !== undefined;
    },

    async delete(sessionHash) {
      await db.deleteFrom("session").where("session_hash", "=", sessionHash).execute();
    },
  };
}
