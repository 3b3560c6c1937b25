import type { Kysely, Selectable } from "kysely";
import type { StoredUser, UserChange, UserStore } from "../../interfaces/user-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables, UserAccountTable } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";
import { useSignInToken } from "./sign-in-tokens.ts";

export function userStore(db: Kysely<Tables>): UserStore {
  const users = (reader: Kysely<Tables> = db) => reader.selectFrom("user_account").selectAll();
  const one = async (id: string, reader: Kysely<Tables> = db) => userOf(await users(reader).where("id", "=", id).executeTakeFirst());
  return {
    create: ({ name, role, createdAt }, act) =>
      db.transaction().execute(async (transaction) => {
        const id = newId();
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("user_account")
          .values({
            id,
            name,
            name_key: keyOf(name),
            role,
            created_at: createdAt,
            disabled_at: null,
            last_signed_in_at: null,
            password: null,
          })
          .onConflict((conflict) => conflict.column("name_key").doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return null;
        await noteAct(transaction, act, { id, name, detail: `role: ${role}` });
        return await one(id, transaction);
      }),

    async list() {
      return (await users().orderBy("name_key").execute()).flatMap((row) => userOf(row) ?? []);
    },

    get: (id) => one(id),

    async named(name) {
      return userOf(await users().where("name_key", "=", keyOf(name)).executeTakeFirst());
    },

    async any() {
      return (await db.selectFrom("user_account").select("id").limit(1).executeTakeFirst()) !== undefined;
    },

    change: (id, change, act) =>
      db.transaction().execute(async (transaction) => {
        const before = await one(id, transaction);
        if (before === null) return null;
        const role = change.role ?? before.role;
        const disabledAt = change.disabled === undefined ? before.disabledAt : change.disabled ? (before.disabledAt ?? act.at) : null;
        if (role === before.role && disabledAt === before.disabledAt) return before;
        await transaction.updateTable("user_account").set({ role, disabled_at: disabledAt }).where("id", "=", id).execute();
        await endSessions(transaction, id);
        await noteAct(transaction, act, { id, name: before.name, detail: changeText(before, change) });
        return { ...before, role, disabledAt };
      }),

    setPassword: (id, password, { tokenHash, sessionHash }, act) =>
      recorded(db, act, async (transaction) => {
        const user = await one(id, transaction);
        if (user === null || user.disabledAt !== null) return null;
        if (tokenHash !== undefined && !(await useSignInToken(transaction, tokenHash, act.at))) return null;
        await transaction.updateTable("user_account").set({ password }).where("id", "=", id).execute();
        await endSessions(transaction, id, sessionHash);
        return { id, name: user.name };
      }),

    delete: (id, act) =>
      recorded(db, act, async (transaction) => {
        const user = await one(id, transaction);
        if (user === null) return null;
        await endSessions(transaction, id);
        await transaction.deleteFrom("user_account").where("id", "=", id).execute();
        return { id, name: user.name };
      }),
  };
}

/** @param but the hash of a session that goes on */
async function endSessions(transaction: Kysely<Tables>, userId: string, but = ""): Promise<void> {
  const signIns = transaction.selectFrom("sign_in").select("id").where("user_id", "=", userId);
  await transaction.deleteFrom("session").where("sign_in_id", "in", signIns).where("session_hash", "!=", but).execute();
  await transaction.deleteFrom("sign_in_token").where("user_id", "=", userId).execute();
}

function changeText({ role, disabledAt }: StoredUser, change: UserChange): string {
  const texts = [];
  if (change.role !== undefined && change.role !== role) texts.push(`role: ${role} → ${change.role}`);
  if (change.disabled !== undefined && change.disabled !== (disabledAt !== null)) texts.push(change.disabled ? "disabled" : "enabled");
  return texts.join(", ");
}

/** Names are ASCII. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function userOf(row: Selectable<UserAccountTable> | undefined): StoredUser | null {
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    lastSignedInAt: row.last_signed_in_at,
    password: row.password,
  };
}
