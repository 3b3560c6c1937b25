import type { Kysely } from "kysely";
import type { Tables } from "../../schema/tables.ts";

/** True once for a token that has not expired: the same call uses it up. */
export async function useSignInToken(db: Kysely<Tables>, tokenHash: string, now: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("sign_in_token")
    .where("token_hash", "=", tokenHash)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  await db.deleteFrom("sign_in_token").where("expires_at", "<=", now).execute();
  return numDeletedRows === 1n;
}
