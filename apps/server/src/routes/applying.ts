/** What `mxray apply` asks of a server: agents, monitors, maintenance windows and channels as a file says, whole or not at all; and the file. */
import { ErrorBody } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { AlertDelivery } from "../alerts/alert-delivery.ts";
import { APPLY_PATH, AppliedState, EXPORT_PATH } from "../applying/desired.ts";
import { exportText } from "../applying/export.ts";
import { stateChanges } from "../applying/state-changes.ts";
import type { App } from "../http/app-type.ts";
import type { Settings } from "../live-settings.ts";
import type { Probes } from "../probing/probes.ts";
import type { Watcher } from "../watching/watcher.ts";

export interface ApplyRoutesDeps {
  readonly store: Store;
  readonly settings: Settings;
  readonly probes: Pick<Probes, "check">;
  readonly watcher: Pick<Watcher, "changed">;
  readonly delivery: Pick<AlertDelivery, "ask">;
}

const tags = ["watches"];
/** Ten thousand monitors with their tags. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;

export async function applyRoutes(app: App, { store, settings, probes, watcher, delivery }: ApplyRoutesDeps): Promise<void> {
  app.post(
    APPLY_PATH,
    {
      bodyLimit: MOST_BODY_BYTES,
      // Each change is recorded as what it is.
      config: { access: "admin", scopes: ["config"], act: "watch.changed", pace: 30 },
      schema: {
        tags,
        summary: "Make agents, monitors, maintenance windows and channels as a file says",
        description: "Changes what differs and leaves alone what is not named. Every fault is reported at once; then nothing is changed.",
        querystring: Type.Object({ dryRun: Type.Boolean({ default: false, description: "change nothing, give what would change" }) }),
        body: AppliedState,
        response: { 200: Type.Object({ changes: Type.Array(Type.String()) }), "4xx": ErrorBody },
      },
    },
    async (request) => {
      const { mostMonitors } = settings.values;
      const changes = await stateChanges(store, request.body, { mostMonitors, check: (probe) => probes.check(probe) });
      if (!request.query.dryRun) {
        for (const { make } of changes) await make((action) => ({ ...actOf(request), action }));
        watcher.changed();
        delivery.ask();
      }
      return { changes: changes.map(({ text }) => text) };
    },
  );

  app.get(
    EXPORT_PATH,
    {
      config: { access: "admin", scopes: ["config"] },
      schema: { tags, summary: "Agents, monitors, maintenance windows and channels, as `mxray apply` reads them; without secrets" },
    },
    async (_request, reply) => await reply.type("application/yaml; charset=utf-8").send(await exportText(store)),
  );
}
