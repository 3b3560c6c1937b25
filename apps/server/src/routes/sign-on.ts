/**
 * Sign-in by an OpenID Connect provider: to the provider, back from it, and the provider's word that a user is signed out there. What
 * fails is a sentence on the sign-in page, where a password or a one-time link remain.
 */
import type { ProvidedIdentity, Store, StoredUser } from "@mxray/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { AccessChanges } from "../access/access-changes.ts";
import { actBy, actorOf } from "../access/act.ts";
import type { SignInPage } from "../access/authentication.ts";
import type { RequestPace } from "../access/request-pace.ts";
import { beginSession } from "../access/session-access.ts";
import { beginSignOn, finishSignOn, type SignOnAttempt, signedOff } from "../access/sign-on.ts";
import type { SignOnConfig } from "../config/sign-on.ts";
import type { App } from "../http/app-type.ts";
import { parseForms } from "../http/forms.ts";
import { statusOfRefusal } from "../http/plugins/errors.ts";
import { Refusal } from "../refusal.ts";

const START = "/sign-in/oidc";
const CALLBACK = `${START}/callback`;
const ATTEMPT_S = 600;
/** The provider is asked again after a working day. */
const SESSION_MS = 12 * 3600 * 1000;
/** A minute, of one address: each makes the server ask the provider. */
const PACE = 60;
const Text = Type.Optional(Type.String({ maxLength: 4000 }));

interface SignOnDeps {
  readonly config: SignOnConfig;
  readonly store: Store;
  readonly https: boolean;
  readonly pace: RequestPace;
  readonly changes: AccessChanges;
  readonly publicUrl: () => string;
  readonly signInPage: SignInPage;
}

export async function signOnRoutes(app: App, deps: SignOnDeps): Promise<void> {
  const { config, https, publicUrl } = deps;
  const redirectUri = () => `${publicUrl()}${CALLBACK}`;
  const cookie = { path: START, httpOnly: true, sameSite: "lax", secure: https } as const;

  app.get(START, { config: { access: "public", pace: PACE }, schema: { hide: true } }, async (request, reply) => {
    try {
      const { url, attempt } = await beginSignOn(config, redirectUri());
      reply.setCookie(cookieName(attempt.state), `${attempt.nonce}.${attempt.verifier}`, { ...cookie, maxAge: ATTEMPT_S });
      return reply.redirect(url, 303);
    } catch (error) {
      return await showRefusal(deps, error, request, reply);
    }
  });

  app.get(
    CALLBACK,
    { config: { access: "public", pace: PACE }, schema: { querystring: Type.Object({ state: Text, code: Text }), hide: true } },
    async (request, reply) => {
      try {
        const attempt = attemptOf(request, request.query.state ?? "");
        reply.clearCookie(cookieName(attempt.state), cookie);
        const { search } = new URL(request.url, redirectUri());
        const identity = await finishSignOn(config, new URL(`${redirectUri()}${search}`), attempt);
        const user = await admitted(deps, identity, request);
        deps.pace.signedIn(await beginSession(deps.store, request, reply, { https, user, lastsMs: SESSION_MS }));
        return reply.redirect("/", 303);
      } catch (error) {
        return await showRefusal(deps, error, request, reply);
      }
    },
  );

  await app.register(async (forms: App) => {
    parseForms(forms);
    forms.post(
      `${START}/logout`,
      {
        config: { access: "public", pace: PACE },
        schema: { body: Type.Object({ logout_token: Type.String({ maxLength: 20_000 }) }), hide: true },
      },
      async (request, reply) => {
        const { store, changes } = deps;
        const identity = await signedOff(config, request.body.logout_token);
        if (await store.users.signOff(identity, new Date().toISOString(), request.ip)) changes.happened();
        return reply.code(200).send();
      },
    );
  });
}

/** The name says which attempt it is of: several tabs may be at the provider. */
function cookieName(state: string): string {
  return `mxray_sign_on_${state}`;
}

/** @throws Refusal `sign-on-refused` */
function attemptOf({ cookies }: FastifyRequest, state: string): SignOnAttempt {
  const [nonce, verifier] = (cookies[cookieName(state)] ?? "").split(".");
  if (!nonce || !verifier) {
    throw new Refusal("sign-on-refused", "This sign-in was not started in this browser within the last ten minutes. Start again.");
  }
  return { state, nonce, verifier };
}

/** @throws Refusal `sign-on-refused` */
async function admitted({ store, changes }: SignOnDeps, identity: ProvidedIdentity, request: FastifyRequest): Promise<StoredUser> {
  const outcome = await store.users.signOn(identity, new Date().toISOString(), request.ip);
  switch (outcome.kind) {
    case "signed-on":
      if (outcome.roleChanged) changes.happened();
      return outcome.user;
    case "no-role":
      changes.happened();
      break;
    case "disabled":
    case "name-taken":
      break;
  }
  if ("user" in outcome && outcome.user !== null) {
    const { id, name } = outcome.user;
    await store.audit.note(actBy(actorOf(outcome.user), "session.refused", request), { id, name });
  }
  throw new Refusal("sign-on-refused", refusalSentence(outcome.kind, identity.name));
}

function refusalSentence(kind: "disabled" | "no-role" | "name-taken", name: string): string {
  switch (kind) {
    case "disabled":
      return `The account '${name}' is disabled here; an admin can enable it.`;
    case "no-role":
      return `None of the groups of '${name}' may use mxray; an admin can change that (MXRAY_OIDC_ROLES).`;
    case "name-taken":
      return `There is another user with the name '${name}' here; an admin can delete that user, then sign in again.`;
  }
}

async function showRefusal(
  { signInPage }: Pick<SignOnDeps, "signInPage">,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!(error instanceof Refusal)) throw error;
  request.log.warn({ err: error.cause }, error.message);
  return reply
    .code(statusOfRefusal(error))
    .type("text/html")
    .send(await signInPage(error.message));
}
