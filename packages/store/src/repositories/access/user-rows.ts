/** What the repositories of users share: a row as a user, and the end of a user's sessions. */
import type { Kysely, Selectable } from "kysely";
import type { StoredUser, UserChange } from "../../interfaces/user-store.ts";
import type { Tables, UserAccountTable } from "../../schema/tables.ts";

/** @param but the hash of a session that goes on */
export async function endSessions(transaction: Kysely<Tables>, userId: string, but = ""): Promise<void> {
  const signIns = transaction.selectFrom("sign_in").select("id").where("user_id", "=", userId);
  await transaction.deleteFrom("session").where("sign_in_id", "in", signIns).where("session_hash", "!=", but).execute();
  await transaction.deleteFrom("sign_in_token").where("user_id", "=", userId).execute();
}

export function changeText({ role, disabledAt }: StoredUser, change: UserChange): string {
  const texts = [];
  if (change.role !== undefined && change.role !== role) texts.push(`role: ${role} → ${change.role}`);
  if (change.disabled !== undefined && change.disabled !== (disabledAt !== null)) texts.push(change.disabled ? "disabled" : "enabled");
  return texts.join(", ");
}

/** Names are ASCII. */
export function keyOf(name: string): string {
  return name.toLowerCase();
}

export function userOf(row: Selectable<UserAccountTable> | undefined): StoredUser | null {
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    lastSignedInAt: row.last_signed_in_at,
    password: row.password,
    issuer: row.issuer,
  };
}
