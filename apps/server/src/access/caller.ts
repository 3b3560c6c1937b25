/** Who calls: the owner or a user by the session of a browser, or a program by an API token. */
import { roleReaches, type TokenScope, type UserRole } from "@mxray/contracts";
import type { Actor, SignIn, Store } from "@mxray/store";
import type { FastifyContextConfig, FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { actorOf } from "./act.ts";
import { bearerTokenOf } from "./bearer-token.ts";
import { hashSecret } from "./secret.ts";
import { sessionHashOf } from "./session-access.ts";

export interface Caller {
  readonly actor: Actor;
  /** Null for a token, which has scopes instead. */
  readonly role: UserRole | null;
  readonly scopes: readonly TokenScope[];
  /** Null for a token. */
  readonly signIn: SignIn | null;
}

const USE_NOTED_MS = 60_000;

/**
 * A token decides where a request has both.
 *
 * @throws Refusal `invalid-token`
 */
export async function callerOf(store: Store, request: FastifyRequest): Promise<Caller | null> {
  const token = bearerTokenOf(request);
  if (token !== null) return await tokenCaller(store, token);
  const hash = sessionHashOf(request);
  const signIn = hash === null ? null : await store.sessions.signInOf(hash, new Date().toISOString());
  if (signIn === null) return null;
  const { user } = signIn;
  return { actor: actorOf(user), role: user?.role ?? "admin", scopes: [], signIn };
}

async function tokenCaller(store: Store, secret: string): Promise<Caller> {
  const token = await store.tokens.byHash(hashSecret(secret));
  if (token === null) throw new Refusal("invalid-token", "This server does not know this API token; an admin makes one in the settings.");
  if (token.revokedAt !== null) throw new Refusal("invalid-token", `The API token '${token.name}' was revoked.`);
  const now = new Date().toISOString();
  if (token.expiresAt <= now)
    throw new Refusal("invalid-token", `The API token '${token.name}' expired on ${token.expiresAt.slice(0, 10)}.`);
  // Also where the clock was set back since.
  if (token.lastUsedAt === null || Math.abs(Date.parse(now) - Date.parse(token.lastUsedAt)) >= USE_NOTED_MS)
    await store.tokens.noteUse(token.id, now);
  return { actor: { kind: "token", id: token.id, name: token.name }, role: null, scopes: token.scopes, signIn: null };
}

/** Whether the same request would still be taken: its session or token may have ended since. */
export async function mayStillCall(store: Store, request: FastifyRequest): Promise<boolean> {
  try {
    const caller = await callerOf(store, request);
    if (caller === null) return false;
    checkCaller(caller, request.routeOptions.config);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** @throws Refusal `role-too-small`, `scope-too-small` */
export function checkCaller(caller: Caller, { access, scopes }: FastifyContextConfig): void {
  // An address that no route has answers that it is not there, to anybody who may come in.
  if (access === undefined || access === "public" || access === "agent") return;
  if (caller.role === null) {
    if (scopes?.some((scope) => caller.scopes.includes(scope))) return;
    const needed = (scopes ?? []).map((scope) => `'${scope}'`).join(" or ");
    throw new Refusal(
      "scope-too-small",
      needed === ""
        ? "No API token may do this; sign in with a browser."
        : `This API token lacks the scope ${needed}; an admin can make another one.`,
    );
  }
  if (roleReaches(caller.role, access)) return;
  throw new Refusal("role-too-small", `This needs the role '${access}', and yours is '${caller.role}'; an admin can change it.`);
}
