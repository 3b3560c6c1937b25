import { type Kysely, sql } from "kysely";
import type { SessionStore } from "../../interfaces/access-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";

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

    create: ({ sessionHash, createdAt, expiresAt, address, browser }) =>
      db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("session").where("expires_at", "<=", createdAt).execute();
        await sql`
          delete from sign_in where not exists (select 1 from session where sign_in_id = sign_in.id)
            and not exists (select 1 from link where sign_in_id = sign_in.id)`.execute(transaction);
        const id = newId();
        await transaction.insertInto("sign_in").values({ id, at: createdAt, address, browser }).execute();
        await transaction
          .insertInto("session")
          .values({ session_hash: sessionHash, created_at: createdAt, expires_at: expiresAt, sign_in_id: id })
          .execute();
      }),

    async signInOf(sessionHash, now) {
      const row = await db
        .selectFrom("session")
        .innerJoin("sign_in", "sign_in.id", "session.sign_in_id")
        .selectAll("sign_in")
        .where("session_hash", "=", sessionHash)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row ?? null;
    },

    async delete(sessionHash) {
      await db.deleteFrom("session").where("session_hash", "=", sessionHash).execute();
    },
  };
}
