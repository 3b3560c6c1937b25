/** Stress runs: the hosts that may be tested, begin a run, list and read runs, cancel, forget. */
import { ErrorBody, StressRequest, StressRunDetail, StressRunList, StressTargetList } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import type { LiveFeed } from "../live-feed.ts";
import { Refusal } from "../refusal.ts";
import type { StressRuns } from "../stress/stress-runs.ts";

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const tags = ["stress"];
const MOST_LISTED = 100;

interface StressRoutesDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly runs: StressRuns;
}

export async function stressRoutes(app: App, deps: StressRoutesDeps): Promise<void> {
  readRoutes(app, deps);
  changeRoutes(app, deps);
}

function readRoutes(app: App, { store, runs }: StressRoutesDeps): void {
  app.get(
    "/api/v1/stress/targets",
    {
      config: { access: "admin" },
      schema: { tags, summary: "List the hosts that may be load-tested", response: { 200: StressTargetList } },
    },
    async () => runs.targets(),
  );

  app.get(
    "/api/v1/stress",
    { config: { access: "viewer" }, schema: { tags, summary: "List stress runs, the newest first", response: { 200: StressRunList } } },
    async () => ({ runs: await store.stress.list(MOST_LISTED) }),
  );

  app.get(
    "/api/v1/stress/:id",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "Read a stress run with all that it measured",
        params: Id,
        response: { 200: StressRunDetail, "4xx": ErrorBody },
      },
    },
    async ({ params }) => await runs.detail(params.id),
  );
}

function changeRoutes(app: App, { store, feed, runs }: StressRoutesDeps): void {
  // No scopes: no API token begins a run, whatever it may do otherwise.
  app.post(
    "/api/v1/stress",
    {
      config: { access: "admin", act: "stress.started", pace: 30 },
      schema: {
        tags,
        summary: "Begin a stress run",
        description: "Only with a session of an admin, only hosts of the server's targets file, one run at a time.",
        body: StressRequest,
        response: { 202: StressRunDetail, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const act = actOf(request);
      const run = await runs.begin(request.body, act.actor.name ?? "the owner", act);
      return reply.code(202).header("location", `/api/v1/stress/${run.id}`).send(run);
    },
  );

  app.post(
    "/api/v1/stress/:id/cancel",
    {
      config: { access: "admin", act: "stress.cancelled" },
      schema: {
        tags,
        summary: "End a stress run early",
        description: "What it measured so far is kept.",
        params: Id,
        response: { 200: StressRunDetail, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { target } = await runs.detail(id);
      if (!(await runs.cancel(id))) throw new Refusal("already-ended", "This stress run has ended already.");
      await store.audit.note(actOf(request), { id, name: target });
      return await runs.detail(id);
    },
  );

  app.delete(
    "/api/v1/stress/:id",
    { config: { access: "admin", act: "stress.deleted" }, schema: { tags, summary: "Forget a stress run, with its links", params: Id } },
    async (request, reply) => {
      const { id } = request.params;
      await runs.detail(id);
      if (!(await store.stress.delete(id, actOf(request))))
        throw new Refusal("stress-running", "This stress run is under way; cancel it first.");
      feed.tell({ type: "stress", id });
      return reply.code(204).send();
    },
  );
}
