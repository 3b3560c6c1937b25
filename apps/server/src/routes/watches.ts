/** Watches: which targets are probed again and again; begin one, end one. */
import { ErrorBody, Watch, WatchList, WatchRequest } from "@mxray/contracts/schemas";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import { notFound } from "../refusal.ts";
import type { Watcher } from "../watching/watcher.ts";

export async function watchRoutes(app: App, { watcher }: { watcher: Watcher }): Promise<void> {
  const tags = ["watches"];

  app.get(
    "/api/v1/watches",
    { config: { access: "viewer" }, schema: { tags, summary: "List watched targets", response: { 200: WatchList } } },
    async () => await watcher.list(),
  );

  app.put(
    "/api/v1/watches",
    {
      config: { access: "operator", act: "watch.changed", pace: 60 },
      schema: {
        tags,
        summary: "Watch a target",
        description:
          "It is probed now and again and again, without a DATA ladder. One watch per target: one that is watched already is given as it stands, with the options of this request.",
        body: WatchRequest,
        response: { 200: Watch, 201: Watch, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const { watch, created } = await watcher.put(request.body, actOf(request));
      return reply.code(created ? 201 : 200).send(watch);
    },
  );

  app.delete(
    "/api/v1/watches/:id",
    {
      config: { access: "operator", act: "watch.ended" },
      schema: {
        tags,
        summary: "End a watch",
        description: "A round that runs ends as it would; the probes stay.",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      },
    },
    async (request, reply) => {
      if (!(await watcher.end(request.params.id, actOf(request)))) throw notFound("watch");
      return reply.code(204).send();
    },
  );
}
