/** The machines that mxray and its agents run on: their health, SMTP connections and mail queues. */
import { ErrorBody, HostHealth, LiveDeliveries, MachineList, MailQueue, VantageName } from "@mxray/contracts/schemas";
import Type from "typebox";
import type { Machines } from "../host/machines.ts";
import type { App } from "../http/app-type.ts";

const querystring = Type.Object(
  { agent: Type.Optional(Type.Unsafe<string>({ ...VantageName, description: "whose machine; default the server's own" })) },
  { additionalProperties: false },
);

export async function hostRoutes(app: App, { machines }: { machines: Machines }): Promise<void> {
  app.get(
    "/api/v1/machines",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "The machines of this server and of its agents",
        response: { 200: MachineList },
      },
    },
    async () => ({ machines: machines.list() }),
  );
  app.get(
    "/api/v1/host",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "Health of this machine: each resource against its limit, and the last hour",
        querystring,
        response: { 200: HostHealth, "4xx": ErrorBody },
      },
    },
    async ({ query }) => machines.of(query.agent).host.view(),
  );
  app.get(
    "/api/v1/live",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "SMTP connections of this machine as its kernel sees them: stalled ones first",
        querystring,
        response: { 200: LiveDeliveries, "4xx": ErrorBody },
      },
    },
    async ({ query }) => machines.of(query.agent).live.view(),
  );
  app.get(
    "/api/v1/queue",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["host"],
        summary: "Messages that wait in this machine's mail queue, by destination, reason and age",
        querystring,
        response: { 200: MailQueue, "4xx": ErrorBody },
      },
    },
    async ({ query }) => await machines.of(query.agent).queue(app.closing),
  );
}
