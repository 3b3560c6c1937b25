/** The health of the machine that mxray runs on. */
import { HostHealth } from "@mxray/contracts/schemas";
import type { HostWatch } from "../host/host-watch.ts";
import type { App } from "../http/app-type.ts";

export async function hostRoutes(app: App, { hostWatch }: { hostWatch: HostWatch }): Promise<void> {
  app.get(
    "/api/v1/host",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "Health of this machine: each resource against its limit, and the last hour",
        response: { 200: HostHealth },
      },
    },
    async () => hostWatch.view(),
  );
}
