/** `/d/<token>`: the one diagnosis that a share opens, as a page, a file of its own, Markdown for a ticket, JSON, or a picture for chats. */
import type { ProbeReport, SharedDiagnosis } from "@mxray/contracts";
import { renderDiagnosisMarkdown } from "@mxray/diagnosis";
import type { Store } from "@mxray/store";
import type { FastifyReply } from "fastify";
import Type from "typebox";
import { hashSecret } from "../access/secret.ts";
import type { App } from "../app.ts";
import { keepPrivate } from "../http/keep-private.ts";
import type { WebFiles } from "../http/web-files.ts";
import { comparisonOf, reportOf } from "../probing/report.ts";
import { Refusal } from "../refusal.ts";
import { redactReport } from "../sharing/redact.ts";
import { ShareCards } from "../sharing/share-cards.ts";
import { fillSharePage } from "../sharing/share-page.ts";

/** A picture takes a core for a tenth of a second. */
const CARD_PACE = { max: 30, timeWindow: "1 minute" };

const Token = Type.Object({ token: Type.String({ maxLength: 100 }) });

interface SharedDiagnosisDeps {
  readonly store: Store;
  readonly web: WebFiles;
  readonly publicUrl: () => string;
}

export async function sharedDiagnosisRoutes(app: App, { store, web, publicUrl }: SharedDiagnosisDeps): Promise<void> {
  const options = {
    config: { public: true, rateLimit: { max: 120, timeWindow: "1 minute" } },
    schema: { params: Token, hide: true },
  };

  app.get(
    "/d/:token",
    { ...options, config: { ...options.config, refusalTitle: "This link shows no diagnosis" } },
    async ({ params }, reply) => {
      keepPrivate(reply).type("text/html");
      return fillSharePage(await web.sharePage(), await openShare(store, params.token), `${publicUrl()}/d/${params.token}`);
    },
  );

  app.get("/d/:token.html", options, async ({ params }, reply) => {
    const shared = await openShare(store, params.token);
    return asFile(reply, shared, "html")
      .type("text/html")
      .send(fillSharePage(await web.standaloneSharePage(), shared));
  });

  app.get("/d/:token.md", options, async ({ params }, reply) => {
    const shared = await openShare(store, params.token);
    return asFile(reply, shared, "md").type("text/markdown; charset=utf-8").send(renderDiagnosisMarkdown(shared));
  });

  const cards = new ShareCards();
  app.get("/d/:token/card.png", { ...options, config: { ...options.config, rateLimit: CARD_PACE } }, async ({ params }, reply) => {
    const shared = await openShare(store, params.token, { count: false });
    return keepPrivate(reply)
      .type("image/png")
      .send(await cards.card(hashSecret(params.token), shared));
  });

  app.get("/d/:token.json", options, async ({ params }, reply) => keepPrivate(reply).send(await openShare(store, params.token)));
}

/**
 * @param count whether somebody opens it; a picture for a chat is nobody
 * @throws Refusal when there is no such share, or no longer
 */
async function openShare(store: Store, token: string, { count = true } = {}): Promise<SharedDiagnosis> {
  const share = await store.shares.byTokenHash(hashSecret(token));
  const now = new Date().toISOString();
  const probe = share === null ? null : await store.probes.get(share.probeId);
  if (share === null || probe === null || probe.observation === null) {
    throw new Refusal("not-found", "There is no such diagnosis. Look whether the whole link was copied, or ask its sender for another.");
  }
  if (share.revokedAt !== null) throw new Refusal("share-revoked", "Whoever made this link has revoked it; ask for another.");
  if (share.expiresAt <= now) {
    throw new Refusal("share-expired", `This link expired on ${share.expiresAt.slice(0, 10)}; ask whoever sent it for another.`);
  }
  if (count) await store.shares.countOpening(share.id, now);
  const prepare = share.includePrivate ? (report: ProbeReport) => report : redactReport;
  return {
    schema: "mxray.diagnosis/1",
    createdAt: share.createdAt,
    expiresAt: share.expiresAt,
    note: share.note,
    redacted: !share.includePrivate,
    report: prepare(reportOf(probe.observation)),
    comparison: await comparisonOf(store, probe, prepare),
  };
}

function asFile(reply: FastifyReply, { report, createdAt }: SharedDiagnosis, extension: string): FastifyReply {
  const name = `mxray-${report.target.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 80)}-${createdAt.slice(0, 10)}.${extension}`;
  return keepPrivate(reply).header("content-disposition", `attachment; filename="${name}"`);
}
