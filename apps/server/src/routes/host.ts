/** The machine that mxray runs on: its health, and its SMTP connections. */
import { HostHealth, LiveDeliveries as LiveDeliveriesBody } from "@mxray/contracts/schemas";
import type { HostWatch } from "../host/host-watch.ts";
import type { LiveDeliveries } from "../host/live-deliveries.ts";
import type { App } from "../http/app-type.ts";

export async function hostRoutes(
  app: App,
  { hostWatch, liveDeliveries }: { hostWatch: HostWatch; liveDeliveries: LiveDeliveries },
): Promise<void> {
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
  app.get(
    "/api/v1/live",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "SMTP connections of this machine as its kernel sees them: stalled ones first",
        response: { 200: LiveDeliveriesBody },
      },
    },
    async () => liveDeliveries.view(),
  );
}
