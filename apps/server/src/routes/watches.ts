/** Monitors, which their pages call watches: which targets are probed regularly; and times in which they are not. */
import { ErrorBody, Maintenance, MaintenanceList, Watch, WatchList, WatchRequest } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";
import { maintenanceProblem } from "../watching/maintenance.ts";
import type { Watcher } from "../watching/watcher.ts";

const tags = ["watches"];

export async function watchRoutes(app: App, { watcher, store }: { watcher: Watcher; store: Store }): Promise<void> {
  // The second is the name of former versions.
  for (const url of ["/api/v1/monitors", "/api/v1/watches"]) monitorRoutes(app, url, watcher);
  maintenanceRoutes(app, store);
}

function monitorRoutes(app: App, url: string, watcher: Watcher): void {
  app.get(
    url,
    { config: { access: "viewer" }, schema: { tags, summary: "List monitors", response: { 200: WatchList } } },
    async () => await watcher.list(),
  );

  app.put(
    url,
    {
      config: { access: "operator", act: "watch.changed", pace: 60 },
      schema: {
        tags,
        summary: "Monitor a target, or change its monitor",
        description:
          "It is probed now and regularly, without a DATA ladder. A target has one monitor for each vantage; settings that are left out stay as they are.",
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
    `${url}/:id`,
    {
      config: { access: "operator", act: "watch.ended" },
      schema: {
        tags,
        summary: "End a monitor",
        description: "A round that runs ends as it would; the probes stay.",
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      },
    },
    async (request, reply) => {
      if (!(await watcher.end(request.params.id, actOf(request)))) throw notFound("monitor");
      return reply.code(204).send();
    },
  );
}

function maintenanceRoutes(app: App, store: Store): void {
  app.get(
    "/api/v1/maintenance",
    { config: { access: "viewer" }, schema: { tags, summary: "List maintenance windows", response: { 200: MaintenanceList } } },
    async () => ({ windows: await store.maintenance.list() }),
  );

  app.put(
    "/api/v1/maintenance",
    {
      config: { access: "operator", act: "maintenance.changed" },
      schema: {
        tags,
        summary: "Set a maintenance window",
        description: "Takes the place of the one with its name. No rounds of its monitors begin while it lasts.",
        body: Maintenance,
        response: { 200: Maintenance, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const problem = maintenanceProblem(request.body);
      if (problem !== null) throw new Refusal("invalid-request", problem);
      await store.maintenance.put(request.body, actOf(request));
      return request.body;
    },
  );

  app.delete(
    "/api/v1/maintenance/:name",
    {
      config: { access: "operator", act: "maintenance.deleted" },
      schema: { tags, summary: "Delete a maintenance window", params: Type.Object({ name: Type.String({ maxLength: 200 }) }) },
    },
    async (request, reply) => {
      if (!(await store.maintenance.delete(request.params.name, actOf(request)))) throw notFound("maintenance window");
      return reply.code(204).send();
    },
  );
}
