/** Users whom an OpenID Connect provider signs in: made at the first sign-on, with the role that their groups give each time. */
import type { AuditAction, UserRole } from "@mxray/contracts";
import type { Kysely } from "kysely";
import type { Act } from "../../interfaces/audit-store.ts";
import type { ProvidedIdentity, SignOnOutcome, StoredUser } from "../../interfaces/user-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { noteAct } from "../audit/audit.ts";
import { changeText, endSessions, keyOf, userOf } from "./user-rows.ts";

interface Moment {
  readonly at: string;
  readonly address: string;
}

export async function signOn(transaction: Kysely<Tables>, identity: ProvidedIdentity, moment: Moment): Promise<SignOnOutcome> {
  const { role } = identity;
  const user = await provided(transaction, identity);
  if (user === null) return role === null ? { kind: "no-role", user } : await firstSignOn(transaction, { ...identity, role }, moment);
  if (user.disabledAt !== null) return { kind: "disabled", user };
  if (role === user.role) return { kind: "signed-on", user, roleChanged: false };
  await endSessions(transaction, user.id);
  if (role === null) return { kind: "no-role", user };
  await transaction.updateTable("user_account").set({ role }).where("id", "=", user.id).execute();
  const { id, name } = user;
  await noteAct(transaction, actBy(user, "user.changed", moment), { id, name, detail: changeText(user, { role }) });
  return { kind: "signed-on", user: { ...user, role }, roleChanged: true };
}

/** False if the provider never signed this user in. */
export async function signOff(
  transaction: Kysely<Tables>,
  identity: Pick<ProvidedIdentity, "issuer" | "subject">,
  moment: Moment,
): Promise<boolean> {
  const user = await provided(transaction, identity);
  if (user === null) return false;
  await endSessions(transaction, user.id);
  await noteAct(transaction, actBy(user, "session.ended", moment), { id: null, name: null, detail: "by the provider" });
  return true;
}

/** A name that is in use stays its user's: that two people have the same name proves nothing. */
async function firstSignOn(
  transaction: Kysely<Tables>,
  { issuer, subject, name, role }: ProvidedIdentity & { readonly role: UserRole },
  moment: Moment,
): Promise<SignOnOutcome> {
  const id = newId();
  const row = { id, name, name_key: keyOf(name), role, created_at: moment.at, issuer, subject };
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("user_account")
    .values({ ...row, disabled_at: null, last_signed_in_at: null, password: null })
    .onConflict((conflict) => conflict.column("name_key").doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return { kind: "name-taken" };
  const user = await provided(transaction, { issuer, subject });
  if (user === null) throw new Error("A user who was just added is not there.");
  await noteAct(transaction, actBy(user, "user.created", moment), { id, name, detail: `role: ${role}` });
  return { kind: "signed-on", user, roleChanged: false };
}

async function provided(db: Kysely<Tables>, { issuer, subject }: Pick<ProvidedIdentity, "issuer" | "subject">): Promise<StoredUser | null> {
  const found = db.selectFrom("user_account").selectAll().where("issuer", "=", issuer).where("subject", "=", subject);
  return userOf(await found.executeTakeFirst());
}

function actBy({ id, name }: StoredUser, action: AuditAction, moment: Moment): Act {
  return { ...moment, actor: { kind: "user", id, name }, action };
}
