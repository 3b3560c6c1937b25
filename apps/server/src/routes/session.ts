/** The session of a signed-in page: what it needs to know of the server, its password, its end. */
import { ErrorBody, PasswordChangeRequest, SessionInfo } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import { refuseFor } from "../access/pace-hooks.ts";
import { hashPassword, passwordProblem, verifyPassword } from "../access/password.ts";
import type { RequestPace } from "../access/request-pace.ts";
import { clearSession, sessionHashOf } from "../access/session-access.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import type { Settings } from "../live-settings.ts";
import { notFound, Refusal } from "../refusal.ts";

interface SessionDeps {
  readonly store: Store;
  readonly settings: Settings;
  readonly pace: RequestPace;
  readonly version: string;
  readonly publicUrl: () => string;
}

export async function sessionRoutes(app: App, { store, settings, pace, version, publicUrl }: SessionDeps): Promise<void> {
  const tags = ["session"];
  app.get(
    "/api/v1/session",
    {
      // Of a browser; a token has none.
      config: { access: "viewer", scopes: [] },
      schema: { tags, summary: "The server, as a signed-in page sees it", response: { 200: SessionInfo } },
    },
    async ({ caller }) => {
      const user = caller?.signIn?.user ?? null;
      return {
        version,
        publicUrl: publicUrl(),
        loopback: isLoopbackUrl(publicUrl()),
        allowedPorts: [...settings.values.allowPorts],
        contact: settings.values.contact ?? null,
        role: caller?.role ?? "viewer",
        user: user === null ? null : { id: user.id, name: user.name, issuer: (await store.users.get(user.id))?.issuer ?? null },
      };
    },
  );

  app.delete(
    "/api/v1/session",
    { config: { access: "viewer", act: "session.ended" }, schema: { tags, summary: "Sign out" } },
    async (request, reply) => {
      const hash = sessionHashOf(request);
      if (hash !== null) await store.sessions.delete(hash, actOf(request));
      clearSession(reply);
      return reply.code(204).send();
    },
  );

  app.post(
    "/api/v1/session/password",
    {
      config: { access: "viewer", act: "user.password-set" },
      schema: {
        tags,
        summary: "Change your own password",
        description: "Your sessions in other browsers end.",
        body: PasswordChangeRequest,
        response: { 204: Type.Null(), "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const { current, password } = request.body;
      const id = request.caller?.signIn?.user?.id;
      const user = id === undefined ? null : await store.users.get(id);
      if (user === null) throw new Refusal("no-password", "You signed in with the one-time link, which needs no password.");
      if (user.issuer !== null) throw new Refusal("no-password", "You sign in with another service; change your password there.");
      refuseFor(pace.tryPassword(request.ip, user.name), reply);
      if (!(await verifyPassword(user.password, current))) throw new Refusal("wrong-password", "The current password is wrong.");
      const problem = passwordProblem(password, user.name);
      if (problem !== null) throw new Refusal("invalid-password", problem);
      const proof = { sessionHash: sessionHashOf(request) ?? "" };
      if (!(await store.users.setPassword(user.id, await hashPassword(password), proof, actOf(request)))) throw notFound("user");
      return reply.code(204).send(null);
    },
  );
}
