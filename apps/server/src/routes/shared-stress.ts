/** `/s/<token>`: the one stress run that a link opens, as a page, a file of its own, Markdown or JSON. */
import type { SharedStress } from "@mxray/contracts";
import { StressLinkRequest } from "@mxray/contracts/schemas";
import { renderStressMarkdown } from "@mxray/diagnosis";
import type { Store } from "@mxray/store";
import type { FastifyReply } from "fastify";
import Type, { type Static } from "typebox";
import { openLink } from "../access/link-access.ts";
import type { App } from "../http/app-type.ts";
import { keepPrivate } from "../http/keep-private.ts";
import type { WebFiles } from "../http/web-files.ts";
import { fillSharePage } from "../sharing/share-page.ts";
import { sharedStress, stressLink } from "../sharing/shared-stress.ts";

const Token = Type.Object({ token: Type.String({ maxLength: 100 }) });

interface SharedStressDeps {
  readonly store: Store;
  readonly web: WebFiles;
}

export async function sharedStressRoutes(app: App, { store, web }: SharedStressDeps): Promise<void> {
  const config = { access: "public" as const, pace: 120 };
  const schema = { params: Token, hide: true };
  const open = async ({ method, params }: { method: string; params: Static<typeof Token> }) =>
    await sharedStress(store, await openLink(store, "stress", params.token, { method }));

  app.get("/s/:token", { config: { ...config, refusalTitle: "This link shows no stress test" }, schema }, async (request, reply) => {
    keepPrivate(reply).type("text/html");
    return fillSharePage(await web.sharePage(), await open(request));
  });

  app.get(
    "/s/preview",
    { config: { access: "operator" }, schema: { querystring: StressLinkRequest, hide: true } },
    async ({ query }, reply) => {
      keepPrivate(reply).type("text/html");
      const link = await stressLink(store, query);
      return fillSharePage(await web.sharePage(), await sharedStress(store, { ...link, stressId: query.runId }));
    },
  );

  app.get("/s/:token.html", { config, schema }, async (request, reply) => {
    const shared = await open(request);
    return asFile(reply, shared, "html")
      .type("text/html")
      .send(fillSharePage(await web.standaloneSharePage(), shared));
  });

  app.get("/s/:token.md", { config, schema }, async (request, reply) => {
    const shared = await open(request);
    return asFile(reply, shared, "md").type("text/markdown; charset=utf-8").send(renderStressMarkdown(shared));
  });

  app.get("/s/:token.json", { config, schema }, async (request, reply) => keepPrivate(reply).send(await open(request)));
}

function asFile(reply: FastifyReply, { run, createdAt }: SharedStress, extension: string): FastifyReply {
  const name = `mxray-stress-${run.target.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 80)}-${createdAt.slice(0, 10)}.${extension}`;
  return keepPrivate(reply).header("content-disposition", `attachment; filename="${name}"`);
}
