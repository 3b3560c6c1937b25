/** The one-time link: GET shows a button and uses nothing up, POST consumes the token and begins a session. */
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { RequestPace } from "../access/request-pace.ts";
import { hashSecret } from "../access/secret.ts";
import { beginSession, endSession, hasSession } from "../access/session-access.ts";
import type { App } from "../http/app-type.ts";
import { signInPage, usedLinkPage } from "../http/plain-page.ts";

const Token = Type.Object({ token: Type.String({ maxLength: 100 }) });

export async function signInRoutes(app: App, { store, https, pace }: { store: Store; https: boolean; pace: RequestPace }): Promise<void> {
  app.get(
    "/sign-in",
    { config: { access: "public" }, schema: { querystring: Type.Partial(Token), hide: true } },
    async (request, reply) => {
      const { token = "" } = request.query;
      const known = await store.sessions.hasSignInToken(hashSecret(token), new Date().toISOString());
      reply.type("text/html");
      if (known) return signInPage(token);
      if (await hasSession(store, request)) return reply.redirect("/", 303);
      return reply.code(410).send(usedLinkPage());
    },
  );

  // A form is read here and nowhere else: any page of the web can post one.
  await app.register(async (forms: App) => {
    forms.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      async (_request: unknown, body: string | Buffer) => Object.fromEntries(new URLSearchParams(body.toString())),
    );
    forms.post("/sign-in", { config: { access: "public" }, schema: { body: Token, hide: true } }, async (request, reply) => {
      const accepted = await store.sessions.consumeSignInToken(hashSecret(request.body.token), new Date().toISOString());
      if (!accepted) return reply.code(410).type("text/html").send(usedLinkPage());
      pace.signedIn(await beginSession(store, request, reply, { https }));
      return reply.redirect("/", 303);
    });
  });

  app.delete(
    "/api/v1/session",
    { config: { access: "viewer" }, schema: { tags: ["session"], summary: "Sign out" } },
    async (request, reply) => {
      await endSession(store, request, reply);
      return reply.code(204).send();
    },
  );
}
