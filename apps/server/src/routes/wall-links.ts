/** Wall links: they open the wall screen, and nothing else, for a browser without an account. */
import type { WallLinkSummary } from "@mxray/contracts";
import { ErrorBody, WallLinkCreated, WallLinkList, WallLinkRequest } from "@mxray/contracts/schemas";
import type { SignIn, Store, StoredWallLink } from "@mxray/store";
import Type from "typebox";
import { linkMaker } from "../access/link-maker.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";

export async function wallLinkRoutes(app: App, { store, publicUrl }: { store: Store; publicUrl: () => string }): Promise<void> {
  app.post(
    "/api/v1/wall-links",
    {
      schema: {
        tags: ["links"],
        summary: "Make a wall link",
        description: "The link is told once: only a hash of it is kept. It works until it is revoked.",
        body: WallLinkRequest,
        response: { 201: WallLinkCreated, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const name = request.body.name.trim();
      if (name === "") throw new Refusal("invalid-request", "Give the link a name, such as the place where its screen hangs.");
      const token = newSecret();
      const link = await store.wallLinks.create({
        name,
        tokenHash: hashSecret(token),
        createdAt: new Date().toISOString(),
        signInId: request.signIn?.id ?? null,
      });
      return reply
        .code(201)
        .send({ ...summaryOf(link, request.signIn), token, url: `${publicUrl()}/wall/${token}`, loopback: isLoopbackUrl(publicUrl()) });
    },
  );

  app.get(
    "/api/v1/wall-links",
    { schema: { tags: ["links"], summary: "List wall links, the newest first", response: { 200: WallLinkList } } },
    async ({ signIn }) => ({ wallLinks: (await store.wallLinks.list()).map((link) => summaryOf(link, signIn)) }),
  );

  app.delete(
    "/api/v1/wall-links/:id",
    {
      schema: {
        tags: ["links"],
        summary: "Revoke a wall link",
        description: "Screens that show it say so within seconds.",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      },
    },
    async ({ params }, reply) => {
      if (!(await store.wallLinks.revoke(params.id, new Date().toISOString()))) throw notFound("wall link that could be revoked");
      return reply.code(204).send();
    },
  );
}

function summaryOf({ id, name, createdAt, lastUsedAt, opened, revokedAt, madeBy }: StoredWallLink, asking: SignIn | null): WallLinkSummary {
  return { id, name, createdAt, lastUsedAt, opened, revokedAt, madeBy: linkMaker(madeBy, asking) };
}
