/** `/d/<token>`: the one diagnosis that a share opens, as a page, a file of its own, Markdown for a ticket, JSON, or a picture for chats. */

import type { SharedDiagnosis } from "@mxray/contracts";
import { DiagnosisLinkRequest } from "@mxray/contracts/schemas";
import { renderDiagnosisMarkdown } from "@mxray/diagnosis";
import type { Store } from "@mxray/store";
import type { FastifyReply } from "fastify";
import Type, { type Static } from "typebox";
import { admitByLink, openLink } from "../access/link-access.ts";
import { hashSecret } from "../access/secret.ts";
import type { App } from "../http/app-type.ts";
import { keepPrivate } from "../http/keep-private.ts";
import type { WebFiles } from "../http/web-files.ts";
import { diagnosisLink } from "../sharing/diagnosis-link.ts";
import { ShareCards } from "../sharing/share-cards.ts";
import { fillSharePage } from "../sharing/share-page.ts";
import { sharedDiagnosis } from "../sharing/shared-diagnosis.ts";

/** A picture takes a core for a tenth of a second. */
const CARD_PACE = 30;

const Token = Type.Object({ token: Type.String({ maxLength: 100 }) });

interface Opening {
  readonly method: string;
  readonly params: Static<typeof Token>;
}

interface SharedDiagnosisDeps {
  readonly store: Store;
  readonly web: WebFiles;
  readonly publicUrl: () => string;
}

export async function sharedDiagnosisRoutes(app: App, { store, web, publicUrl }: SharedDiagnosisDeps): Promise<void> {
  const options = {
    config: { access: "public" as const, pace: 120 },
    schema: { params: Token, hide: true },
  };
  const open = async ({ method, params }: Opening) =>
    await sharedDiagnosis(store, await openLink(store, "diagnosis", params.token, { method }));

  app.get(
    "/d/:token",
    { ...options, config: { ...options.config, refusalTitle: "This link shows no diagnosis" } },
    async (request, reply) => {
      keepPrivate(reply).type("text/html");
      return fillSharePage(await web.sharePage(), await open(request), `${publicUrl()}/d/${request.params.token}`);
    },
  );

  // The page itself, from the same hands: what it shows is what the reader will see.
  app.get(
    "/d/preview",
    { config: { access: "operator" }, schema: { querystring: DiagnosisLinkRequest, hide: true } },
    async ({ query }, reply) => {
      keepPrivate(reply).type("text/html");
      return fillSharePage(
        await web.sharePage(),
        await sharedDiagnosis(store, await diagnosisLink(store, query)),
        `${publicUrl()}/d/preview`,
      );
    },
  );

  app.get("/d/:token.html", options, async (request, reply) => {
    const shared = await open(request);
    return asFile(reply, shared, "html")
      .type("text/html")
      .send(fillSharePage(await web.standaloneSharePage(), shared));
  });

  app.get("/d/:token.md", options, async (request, reply) => {
    const shared = await open(request);
    return asFile(reply, shared, "md").type("text/markdown; charset=utf-8").send(renderDiagnosisMarkdown(shared));
  });

  const cards = new ShareCards();
  app.get("/d/:token/card.png", { ...options, config: { ...options.config, pace: CARD_PACE } }, async ({ params }, reply) => {
    // A picture for a chat has no reader.
    const shared = await sharedDiagnosis(store, await admitByLink(store, "diagnosis", params.token));
    return keepPrivate(reply)
      .type("image/png")
      .send(await cards.card(hashSecret(params.token), shared));
  });

  app.get("/d/:token.json", options, async (request, reply) => keepPrivate(reply).send(await open(request)));
}

function asFile(reply: FastifyReply, { report, createdAt }: SharedDiagnosis, extension: string): FastifyReply {
  const name = `mxray-${report.target.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 80)}-${createdAt.slice(0, 10)}.${extension}`;
  return keepPrivate(reply).header("content-disposition", `attachment; filename="${name}"`);
}
