import type { Kysely } from "kysely";
import type { UserStore } from "../../interfaces/user-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { noteAct, recorded } from "../audit/audit.ts";
import { signOff, signOn } from "./provided-users.ts";
import { useSignInToken } from "./sign-in-tokens.ts";
import { changeText, endSessions, keyOf, userOf } from "./user-rows.ts";

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
            issuer: null,
            subject: null,
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
      return (await db.selectFrom("user_account").select("id").where("issuer", "is", null).limit(1).executeTakeFirst()) !== undefined;
    },

    signOn: (identity, at, address) => db.transaction().execute((transaction) => signOn(transaction, identity, { at, address })),

    signOff: (identity, at, address) => db.transaction().execute((transaction) => signOff(transaction, identity, { at, address })),

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
