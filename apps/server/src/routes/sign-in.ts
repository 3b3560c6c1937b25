/**
 * Sign-in. GET of a one-time link shows a button, or asks an invited user for a password, and uses nothing up; POST consumes the link,
 * or checks a name and a password, and begins a session.
 */
import type { Store, StoredUser } from "@mxray/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { actBy, actorOf } from "../access/act.ts";
import type { SignInPage } from "../access/authentication.ts";
import { callerOf } from "../access/caller.ts";
import { refuseFor } from "../access/pace-hooks.ts";
import { hashPassword, passwordProblem, verifyPassword } from "../access/password.ts";
import type { RequestPace } from "../access/request-pace.ts";
import { hashSecret } from "../access/secret.ts";
import { beginSession } from "../access/session-access.ts";
import type { App } from "../http/app-type.ts";
import { parseForms } from "../http/forms.ts";
import { choosePasswordPage, linkSignInPage, usedLinkPage } from "../http/plain-page.ts";

const Text = Type.String({ maxLength: 1000 });
const Token = Type.String({ maxLength: 100 });
const SignInForm = Type.Object({
  token: Type.Optional(Token),
  name: Type.Optional(Type.String({ maxLength: 64 })),
  password: Type.Optional(Text),
  repeated: Type.Optional(Text),
});
type SignInForm = Static<typeof SignInForm>;

interface SignInDeps {
  readonly store: Store;
  readonly https: boolean;
  readonly pace: RequestPace;
  readonly signInPage: SignInPage;
}

export async function signInRoutes(app: App, deps: SignInDeps): Promise<void> {
  const { store, signInPage } = deps;
  app.get(
    "/sign-in",
    { config: { access: "public" }, schema: { querystring: Type.Object({ token: Type.Optional(Token) }), hide: true } },
    async (request, reply) => {
      const { token = "" } = request.query;
      reply.type("text/html");
      const known = await knownToken(store, token);
      if (known !== null) return known.user === null ? linkSignInPage(token) : choosePasswordPage(token, known.user.name);
      if ((await callerOf(store, request)) !== null) return reply.redirect("/", 303);
      return token === "" ? await signInPage() : reply.code(410).send(usedLinkPage());
    },
  );

  await app.register(async (forms: App) => {
    parseForms(forms);
    forms.post(
      "/sign-in",
      { config: { access: "public", refusalTitle: "Sign-in refused" }, schema: { body: SignInForm, hide: true } },
      async (request, reply) => {
        reply.type("text/html");
        const { token } = request.body;
        return token === undefined
          ? await signInByPassword(deps, request.body, request, reply)
          : await signInByLink(deps, { ...request.body, token }, request, reply);
      },
    );
  });
}

/** Whom a link signs in; null for a link that opens nothing. */
async function knownToken(store: Store, token: string): Promise<{ readonly user: StoredUser | null } | null> {
  const known = await store.sessions.signInToken(hashSecret(token), new Date().toISOString());
  if (known === null || known.userId === null) return known === null ? null : { user: null };
  const user = await store.users.get(known.userId);
  return user === null || user.disabledAt !== null ? null : { user };
}

async function signInByLink(
  deps: SignInDeps,
  { token, password = "", repeated = "" }: SignInForm & { readonly token: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { store } = deps;
  const tokenHash = hashSecret(token);
  const known = await knownToken(store, token);
  if (known === null) return reply.code(410).send(usedLinkPage());
  if (known.user === null) {
    const accepted = await store.sessions.consumeSignInToken(tokenHash, new Date().toISOString());
    return accepted ? await signedIn(deps, null, request, reply) : reply.code(410).send(usedLinkPage());
  }
  const { user } = known;
  const problem = password === repeated ? passwordProblem(password, user.name) : "The two passwords differ.";
  if (problem !== null) return reply.code(400).send(choosePasswordPage(token, user.name, problem));
  const act = actBy(actorOf(user), "user.password-set", request);
  const accepted = await store.users.setPassword(user.id, await hashPassword(password), { tokenHash }, act);
  return accepted ? await signedIn(deps, user, request, reply) : reply.code(410).send(usedLinkPage());
}

async function signInByPassword(
  deps: SignInDeps,
  { name = "", password = "" }: SignInForm,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { store, pace } = deps;
  // Before the costly hash.
  refuseFor(pace.tryPassword(request.ip, name), reply);
  const user = await store.users.named(name.trim());
  const right = await verifyPassword(user?.password ?? null, password);
  if (user !== null && right && user.disabledAt === null) return await signedIn(deps, user, request, reply);
  if (user !== null) await store.audit.note(actBy(actorOf(user), "session.refused", request), { id: user.id, name: user.name });
  return reply.code(401).send(await deps.signInPage("The name or the password is wrong."));
}

async function signedIn(
  { store, https, pace }: SignInDeps,
  user: StoredUser | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  pace.signedIn(await beginSession(store, request, reply, { https, user }));
  return reply.redirect("/", 303);
}
