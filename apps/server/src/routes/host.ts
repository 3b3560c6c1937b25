/** The machine that mxray runs on: its health, its SMTP connections, and its mail queue. */
import type { MailQueue } from "@mxray/contracts";
import { HostHealth, LiveDeliveries as LiveDeliveriesBody, MailQueue as MailQueueBody } from "@mxray/contracts/schemas";
import type { HostWatch } from "../host/host-watch.ts";
import type { LiveDeliveries } from "../host/live-deliveries.ts";
import type { App } from "../http/app-type.ts";

interface HostRouteDeps {
  readonly hostWatch: HostWatch;
  readonly liveDeliveries: LiveDeliveries;
  readonly readQueue: (signal: AbortSignal) => Promise<MailQueue>;
}

export async function hostRoutes(app: App, { hostWatch, liveDeliveries, readQueue }: HostRouteDeps): Promise<void> {
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
  app.get(
    "/api/v1/queue",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "Messages that wait in this machine's mail queue, by destination, reason and age",
        response: { 200: MailQueueBody },
      },
    },
    async () => readQueue(app.closing),
  );
}
