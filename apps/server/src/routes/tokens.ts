/** API tokens: list, make, revoke. */
import type { TokenSummary } from "@mxray/contracts";
import { ErrorBody, TokenCreated, TokenList, TokenRequest } from "@mxray/contracts/schemas";
import type { Store, StoredToken } from "@mxray/store";
import Type from "typebox";
import type { AccessChanges } from "../access/access-changes.ts";
import { actOf } from "../access/act.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";

/** Found by scanners of secrets. */
const PREFIX = "mxray_";
const DEFAULT_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;
const tags = ["tokens"];

export async function tokenRoutes(app: App, { store, changes }: { store: Store; changes: AccessChanges }): Promise<void> {
  app.get(
    "/api/v1/tokens",
    { config: { access: "admin" }, schema: { tags, summary: "List API tokens, the newest first", response: { 200: TokenList } } },
    async () => ({ tokens: (await store.tokens.list()).map(summaryOf), scopes: [...app.usedScopes] }),
  );

  app.post(
    "/api/v1/tokens",
    {
      config: { access: "admin", act: "token.created" },
      schema: {
        tags,
        summary: "Make an API token",
        description: "Send it as 'Authorization: Bearer TOKEN'. It is shown once, because only its hash is stored.",
        body: TokenRequest,
        response: { 201: TokenCreated, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const { scopes, expiresInDays = DEFAULT_DAYS } = request.body;
      const name = request.body.name.trim();
      if (name === "") throw new Refusal("invalid-request", "Give the token a name, such as that of the program that uses it.");
      const unused = scopes.find((scope) => !app.usedScopes.has(scope));
      if (unused !== undefined) throw new Refusal("invalid-request", `The scope '${unused}' opens nothing on this server.`);
      const token = PREFIX + newSecret();
      const act = actOf(request);
      const expiresAt = new Date(Date.parse(act.at) + expiresInDays * DAY_MS).toISOString();
      const stored = { name, tokenHash: hashSecret(token), scopes, createdAt: act.at, expiresAt, madeBy: act.actor.name };
      return reply.code(201).send({ ...summaryOf(await store.tokens.create(stored, act)), token });
    },
  );

  app.delete(
    "/api/v1/tokens/:id",
    {
      config: { access: "admin", act: "token.revoked" },
      schema: {
        tags,
        summary: "Revoke an API token",
        description: "It stops working at once.",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      },
    },
    async (request, reply) => {
      if (!(await store.tokens.revoke(request.params.id, actOf(request)))) throw notFound("API token that could be revoked");
      changes.happened();
      return reply.code(204).send();
    },
  );
}

function summaryOf({ scopes, ...token }: StoredToken): TokenSummary {
  return { ...token, scopes: [...scopes] };
}
