/** `/wall` for somebody signed in, `/wall/<token>` for a screen without an account, and the one thing both show. */

import { WALL_GROUPINGS, type WallGrouping } from "@mxray/contracts";
import { ErrorBody, WallSnapshot } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import { admitToWall, openLink } from "../access/link-access.ts";
import type { App } from "../http/app-type.ts";
import { keepPrivate } from "../http/keep-private.ts";
import { sendEvents } from "../http/send-events.ts";
import type { WebFiles } from "../http/web-files.ts";
import type { LiveFeed } from "../live-feed.ts";
import { Refusal } from "../refusal.ts";
import { WallBoard } from "../wall/wall-board.ts";
import { wallMessages } from "../wall/wall-messages.ts";

const Token = Type.String({ maxLength: 100, description: "of a wall link; without it a session is wanted" });
const WallQuery = Type.Object({
  token: Type.Optional(Token),
  group: Type.Enum([...WALL_GROUPINGS] as [WallGrouping, ...WallGrouping[]], { default: "host", description: "what one tile shows" }),
});

export interface WallRoutesDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly web: WebFiles;
  readonly version: string;
}

export async function wallRoutes(app: App, { store, feed, web, version }: WallRoutesDeps): Promise<void> {
  const board = new WallBoard({ store, version });
  // Public for the link's sake: each handler asks for the link or the session. A screen asks once and then listens; when the
  // server was away, a roomful of screens behind one address asks every few seconds.
  const config = { access: "public", pace: 300 } as const;

  app.get("/wall", { config: { access: "viewer" }, schema: { hide: true } }, async (_request, reply) =>
    keepPrivate(reply)
      .type("text/html")
      .send(await web.wallPage()),
  );

  app.get(
    "/wall/:token",
    { config: { ...config, refusalTitle: "This link shows no wall" }, schema: { params: Type.Object({ token: Token }), hide: true } },
    async (request, reply) => {
      keepPrivate(reply).type("text/html");
      await openLink(store, "wall", request.params.token, request);
      return await web.wallPage();
    },
  );

  app.get(
    "/api/v1/wall",
    {
      config,
      schema: {
        tags: ["wall"],
        summary: "What the wall screen shows",
        querystring: WallQuery,
        response: { 200: WallSnapshot, "4xx": ErrorBody },
      },
    },
    async (request, reply) => {
      await admitToWall(store, request, request.query.token);
      return keepPrivate(reply).send(await board.snapshot(request.query.group));
    },
  );

  app.get(
    "/api/v1/wall/events",
    {
      config,
      sse: { kind: "only", heartbeat: false },
      schema: {
        tags: ["wall"],
        summary: "Follow the wall screen live (server-sent events)",
        description: "Messages `snapshot` (a WallSnapshot) at the beginning and at each change, and `beat` at least every 5 seconds.",
        querystring: WallQuery,
      },
    },
    async (request, reply) => {
      const { token, group } = request.query;
      await admitToWall(store, request, token);
      const controller = new AbortController();
      reply.sse.onClose(() => controller.abort());
      const signal = AbortSignal.any([controller.signal, app.closing]);
      await sendEvents(
        reply,
        wallMessages({
          feed,
          signal,
          snapshot: () => board.snapshot(group),
          mayLook: () => mayLook(() => admitToWall(store, request, token)),
        }),
      );
    },
  );
}

async function mayLook(admit: () => Promise<void>): Promise<boolean> {
  try {
    await admit();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
