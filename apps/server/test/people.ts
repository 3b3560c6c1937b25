/** Users and tokens of a test server, as if they had signed in or been made there. */
import type { TokenScope, UserRole } from "@mxray/contracts";
import type { Act } from "@mxray/store";
import { hashSecret, newSecret } from "../src/access/secret.ts";
import type { TestServer } from "./test-server.ts";

export interface SignedIn {
  readonly id: string;
  readonly headers: { readonly cookie: string };
}

const act = (action: Act["action"]): Act => ({
  at: new Date().toISOString(),
  actor: { kind: "owner", id: null, name: null },
  address: "192.0.2.7",
  action,
});

export async function signInAs({ store }: Pick<TestServer, "store">, role: UserRole, name: string = role): Promise<SignedIn> {
  const createdAt = new Date().toISOString();
  const user = await store.users.create({ name, role, createdAt }, act("user.created"));
  if (user === null) throw new Error(`There is a user ${name} already.`);
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  await store.sessions.create({ sessionHash: hashSecret(secret), createdAt, expiresAt, address: null, browser: null, userId: user.id });
  return { id: user.id, headers: { cookie: `mxray_session=${secret}` } };
}

export async function tokenFor(
  { store }: Pick<TestServer, "store">,
  scopes: readonly TokenScope[],
  expiresAt = new Date(Date.now() + 60_000).toISOString(),
): Promise<{ readonly id: string; readonly headers: { readonly authorization: string } }> {
  const secret = newSecret();
  const name = `for ${scopes.join(" and ")}`;
  const token = { name, tokenHash: hashSecret(secret), scopes, createdAt: new Date().toISOString(), expiresAt, madeBy: null };
  const { id } = await store.tokens.create(token, act("token.created"));
  return { id, headers: { authorization: `Bearer ${secret}` } };
}
