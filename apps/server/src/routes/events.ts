/** The live feed as server-sent events: of everything, or of one probe from its beginning to its end. */
import type { LiveEvent } from "@mxray/contracts";
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { AccessChanges } from "../access/access-changes.ts";
import { mayStillCall } from "../access/caller.ts";
import type { App } from "../http/app-type.ts";
import { sendEvents } from "../http/send-events.ts";
import type { WebFiles } from "../http/web-files.ts";
import type { LiveFeed } from "../live-feed.ts";
import { notFound } from "../refusal.ts";
import type { WorkHealth } from "../work-health.ts";

export interface EventRoutesDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly changes: AccessChanges;
  readonly web: WebFiles;
  readonly health: WorkHealth;
  readonly version: string;
}

/** Whoever hears nothing for longer is cut off; whoever signed out elsewhere is told nothing more after so long. */
const BEAT_MS = 15_000;

export async function eventRoutes(app: App, { store, changes, feed, web, health, version }: EventRoutesDeps): Promise<void> {
  const summaryOf = async (id: string) => (await store.probes.get(id))?.summary ?? null;

  app.get(
    "/api/v1/events",
    {
      config: { access: "viewer" },
      sse: "only",
      schema: {
        tags: ["events"],
        summary: "Follow what happens (server-sent events)",
        description:
          "With `probe`: what happened to it so far and what happens, until it ends. Without: a `hello`, a `beat` every 15 seconds, and all that happens to probes, findings, followed logs and uploads. A probe's steps are numbered from 0; those before the connection are the `events` of /api/v1/probes/ID. `data` is a LiveEvent, `event` its type.",
        querystring: Type.Object({ probe: Type.Optional(Type.String({ maxLength: 64 })) }),
      },
    },
    async (request, reply) => {
      const { probe } = request.query;
      if (probe !== undefined && (await summaryOf(probe)) === null) throw notFound("probe");
      const ended = new AbortController();
      // Ending the server ends its streams.
      const signal = AbortSignal.any([ended.signal, app.closing]);
      const reader = probe === undefined ? feed.reader(signal) : null;
      const sayBeat = async () => {
        if (await mayStillCall(store, request)) reader?.push({ type: "beat" });
        else ended.abort();
      };
      const look = () => void sayBeat().catch((error: unknown) => app.log.error(error));
      const beat = setInterval(look, BEAT_MS).unref();
      const stopLooking = changes.onChange(look);
      reply.sse.onClose(() => {
        clearInterval(beat);
        stopLooking();
        ended.abort();
      });
      if (probe === undefined) {
        const hello: LiveEvent = { type: "hello", version, page: await web.version(), problems: health.problems() };
        await sendEvents(reply, asMessages(reader ?? [], hello));
      } else {
        const since = Number(reply.sse.lastEventId ?? "-1");
        const current = () => summaryOf(probe);
        await sendEvents(reply, asMessages(feed.follow(probe, Number.isInteger(since) ? since : -1, current, signal)));
      }
    },
  );
}

async function* asMessages(events: AsyncIterable<LiveEvent> | readonly LiveEvent[], first?: LiveEvent) {
  if (first !== undefined) yield messageOf(first);
  for await (const event of events) yield messageOf(event);
}

function messageOf(event: LiveEvent) {
  return { event: event.type, data: event, ...(event.type === "probe-event" ? { id: String(event.sequence) } : {}) };
}
