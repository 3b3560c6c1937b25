/** Vantages: list them with what can be probed from each, start and stop the practice lab. */

import { ErrorBody, VantageInfo, VantageList, VantageName } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import { Refusal } from "../refusal.ts";
import type { ProbeVantage } from "../vantages/vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";

const Name = Type.Object({ name: VantageName });

export async function vantageRoutes(app: App, { store, vantages }: { store: Store; vantages: Vantages }): Promise<void> {
  /** @throws Refusal for a vantage that is always there, or that this server has not */
  const startable = async (name: string): Promise<ProbeVantage> => {
    const vantage = vantages.named(name);
    if ((await vantage.info()).startable) return vantage;
    throw new Refusal("not-startable", `The vantage '${name}' is always there; it is neither started nor stopped.`);
  };

  app.get(
    "/api/v1/vantages",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["vantages"],
        summary: "List the places that probes can run from",
        description:
          "With the state of each, why it is unavailable and what helps, and, of the practice lab while it runs, its mail domains.",
        response: { 200: VantageList },
      },
    },
    async () => ({ vantages: await Promise.all(vantages.all.map((each) => each.info())) }),
  );

  app.post(
    "/api/v1/vantages/:name/start",
    {
      config: { access: "operator", act: "vantage.started", pace: 30 },
      schema: {
        tags: ["vantages"],
        summary: "Start a vantage",
        description: "Answers when it is ready, within some seconds.",
        params: Name,
        response: { 200: VantageInfo, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const { name } = request.params;
      const vantage = await startable(name);
      await vantage.start();
      await store.audit.note(actOf(request), { id: name, name });
      return await vantage.info();
    },
  );

  app.post(
    "/api/v1/vantages/:name/stop",
    {
      config: { access: "operator", act: "vantage.stopped" },
      schema: {
        tags: ["vantages"],
        summary: "Stop a vantage",
        description: "Answers when it has ended. Probes that run there fail; what was measured before is kept.",
        params: Name,
        response: { 200: VantageInfo, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const { name } = request.params;
      const vantage = await startable(name);
      await vantage.stop();
      await store.audit.note(actOf(request), { id: name, name });
      return await vantage.info();
    },
  );
}
