/** The page: its assets for anybody (a shared diagnosis needs them, and they hold nothing secret), itself for those signed in. */
import fastifyStatic from "@fastify/static";
import type { App } from "../http/app-type.ts";
import { sendRefusal } from "../http/plugins/errors.ts";
import type { WebFiles } from "../http/web-files.ts";
import { notFound } from "../refusal.ts";

export async function pageRoutes(app: App, { web }: { web: WebFiles }): Promise<void> {
  await app.register(async (assets) => {
    assets.decorate("pluginAccess", "public");
    assets.addHook("onRoute", (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    // Names hold a hash of what is inside, so a copy never gets stale.
    await assets.register(fastifyStatic, {
      root: web.assetsDir,
      prefix: "/assets/",
      // The build leaves compressed copies beside them.
      preCompressed: true,
      immutable: true,
      maxAge: "365d",
      index: false,
      decorateReply: false,
    });
  });

  app.get("/robots.txt", { config: { access: "public" }, schema: { hide: true } }, async (_request, reply) =>
    reply.type("text/plain").send("User-agent: *\nDisallow: /\n"),
  );

  // The page finds its own way (TanStack Router): each of its addresses is the same document.
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
    if (!wantsPage || /^\/(?:api|assets)\//.test(request.url)) return sendRefusal(reply, notFound("address here"));
    return reply
      .header("cache-control", "no-cache")
      .type("text/html")
      .send(await web.index());
  });
}
