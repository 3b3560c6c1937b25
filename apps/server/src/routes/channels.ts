/** Channels of alerts, and the log of what they were sent. */
import {
  AlertAccepted,
  AlertList,
  AlertQuery,
  ChannelChangeRequest,
  ChannelList,
  ChannelRequest,
  ChannelSummary,
  ErrorBody,
} from "@mxray/contracts/schemas";
import type { Store, StoredChannel } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { AlertDelivery } from "../alerts/alert-delivery.ts";
import { channelAfter, channelOfRequest, channelView } from "../alerts/channel-settings.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";

const tags = ["alerts"];
const params = Type.Object({ id: Type.String({ maxLength: 64 }) });

export async function channelRoutes(app: App, { store, delivery }: { store: Store; delivery: AlertDelivery }): Promise<void> {
  const view = async (channel: StoredChannel) => {
    const counted = (await store.channels.list()).find(({ id }) => id === channel.id);
    return channelView({ ...channel, waiting: counted?.waiting ?? 0, failed: counted?.failed ?? 0 }, await monitored());
  };
  const monitored = async () => (await store.watches.list()).map(({ target }) => target);

  app.get(
    "/api/v1/channels",
    { config: { access: "admin" }, schema: { tags, summary: "List channels of alerts", response: { 200: ChannelList } } },
    async () => {
      const targets = await monitored();
      return { channels: (await store.channels.list()).map((channel) => channelView(channel, targets)) };
    },
  );

  app.post(
    "/api/v1/channels",
    {
      config: { access: "admin", act: "channel.created" },
      schema: {
        tags,
        summary: "Make a channel",
        description: "It hears of findings that open from now on. Its secret is never shown again.",
        body: ChannelRequest,
        response: { 201: ChannelSummary, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const act = actOf(request);
      const channel = await store.channels.create(channelOfRequest(request.body), act.at, act);
      if (channel === null) throw nameTaken(request.body.name);
      return reply.code(201).send(await view(channel));
    },
  );

  app.patch(
    "/api/v1/channels/:id",
    {
      config: { access: "admin", act: "channel.changed" },
      schema: {
        tags,
        summary: "Change a channel",
        params,
        body: ChannelChangeRequest,
        response: { 200: ChannelSummary, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const before = await store.channels.get(request.params.id);
      if (before === null) throw notFound("channel");
      const after = channelAfter(before, request.body);
      const changed = await store.channels.change(before.id, after, actOf(request));
      if (changed === "name-taken") throw nameTaken(after.name);
      if (changed === null) throw notFound("channel");
      delivery.ask();
      return await view(changed);
    },
  );

  app.delete(
    "/api/v1/channels/:id",
    {
      config: { access: "admin", act: "channel.deleted" },
      schema: { tags, summary: "Delete a channel", description: "What waits for it is not sent any more.", params },
    },
    async (request, reply) => {
      if (!(await store.channels.delete(request.params.id, actOf(request)))) throw notFound("channel");
      return reply.code(204).send();
    },
  );

  app.post(
    "/api/v1/channels/:id/test",
    {
      config: { access: "admin", act: "channel.tested", pace: 10 },
      schema: {
        tags,
        summary: "Send a test alert",
        description: "It takes the way of real alerts; the delivery log shows the answer.",
        params,
        response: { 202: AlertAccepted, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      const act = actOf(request);
      const id = await store.alerts.test(request.params.id, act.at, act);
      if (id === null) throw notFound("channel");
      delivery.ask();
      return reply.code(202).send({ id });
    },
  );

  app.get(
    "/api/v1/alerts",
    {
      config: { access: "viewer" },
      schema: { tags, summary: "Delivery log of alerts, the newest first", querystring: AlertQuery, response: { 200: AlertList } },
    },
    async ({ query: { channel, ...query } }) =>
      await store.alerts.list({ ...query, ...(channel === undefined ? {} : { channelId: channel }) }),
  );
}

function nameTaken(name: string): Refusal {
  return new Refusal("name-taken", `There is a channel named '${name}' already.`);
}
