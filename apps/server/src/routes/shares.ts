/** Shares: links that open one diagnosis for somebody without an account. */
import type { ShareSummary } from "@mxray/contracts";
import { ErrorBody, ShareCreated, ShareList, ShareRequest } from "@mxray/contracts/schemas";
import type { SignIn, Store, StoredShare } from "@mxray/store";
import Type from "typebox";
import { linkMaker } from "../access/link-maker.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

export async function shareRoutes(app: App, { store, publicUrl }: { store: Store; publicUrl: () => string }): Promise<void> {
  app.post(
    "/api/v1/shares",
    {
      schema: {
        tags: ["links"],
        summary: "Share a diagnosis",
        description:
          "The link is told once: only a hash of it is kept. Mail addresses and internal names are taken out unless `includePrivate`.",
        body: ShareRequest,
        response: { 201: ShareCreated, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const { probeId, expiresInDays = DEFAULT_DAYS, note, includePrivate = false } = request.body;
      const probe = await store.probes.get(probeId);
      if (probe === null) throw notFound("probe");
      if (probe.observation === null) {
        throw new Refusal("nothing-to-share", "This probe has no result to share yet; wait until it is done.");
      }
      const token = newSecret();
      const now = Date.now();
      const share = await store.shares.create({
        probeId,
        tokenHash: hashSecret(token),
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + expiresInDays * DAY_MS).toISOString(),
        note: note === undefined || note.trim() === "" ? null : note.trim(),
        includePrivate,
        signInId: request.signIn?.id ?? null,
      });
      return reply
        .code(201)
        .send({ ...summaryOf(share, request.signIn), token, url: `${publicUrl()}/d/${token}`, loopback: isLoopbackUrl(publicUrl()) });
    },
  );

  app.get(
    "/api/v1/shares",
    { schema: { tags: ["links"], summary: "List shares, the newest first", response: { 200: ShareList } } },
    async ({ signIn }) => ({ shares: (await store.shares.list()).map((share) => summaryOf(share, signIn)) }),
  );

  app.delete(
    "/api/v1/shares/:id",
    {
      schema: {
        tags: ["links"],
        summary: "Revoke a share",
        description: "Its link stops working at once.",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      },
    },
    async ({ params }, reply) => {
      if (!(await store.shares.revoke(params.id, new Date().toISOString()))) throw notFound("share that could be revoked");
      return reply.code(204).send();
    },
  );
}

function summaryOf(
  { id, probeId, target, createdAt, expiresAt, revokedAt, lastOpenedAt, opened, madeBy }: StoredShare,
  asking: SignIn | null,
): ShareSummary {
  return { id, probeId, target, createdAt, expiresAt, revokedAt, lastOpenedAt, opened, madeBy: linkMaker(madeBy, asking) };
}
