/** Logs that are read once and not stored: a pasted line, an uploaded file. */
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { printable } from "@mxray/contracts";
import { ErrorBody, LogExplainRequest, LogExplanation, LogScan } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { App } from "../http/app-type.ts";
import type { LiveFeed } from "../live-feed.ts";
import { explainText } from "../logs/reading/log-explain.ts";
import { scanLog } from "../logs/reading/log-scan.ts";
import { Refusal } from "../refusal.ts";

interface LogReadingDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
}

/** Uploads that are read at a time. */
const MOST_SCANS = 2;

const tags = ["logs"];

export async function logReadingRoutes(app: App, { store, feed }: LogReadingDeps): Promise<void> {
  app.post(
    "/api/v1/logs/explain",
    {
      config: { access: "viewer", scopes: ["read"], act: null },
      schema: {
        tags,
        summary: "Explain a log line, a bounce or a queue id",
        body: LogExplainRequest,
        response: { 200: LogExplanation, "4xx": ErrorBody },
      },
    },
    async ({ body }) => await explainText(body.text, store.logs),
  );

  await app.register(async (uploads) => {
    // As it comes, whatever it calls itself, and of any size.
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    let scans = 0;
    uploads.post(
      "/api/v1/logs/scan",
      {
        config: { access: "operator", act: null },
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          tags,
          summary: "Analyse a log without storing it",
          description:
            "The body is the log, plain, gzip or zstd, of any size; its Content-Type does not matter. With `id`, progress is reported at /api/v1/events as `log-scan`.",
          querystring: Type.Object({
            name: Type.String({ maxLength: 300, default: "upload" }),
            id: Type.Optional(Type.String({ maxLength: 64 })),
          }),
          response: { 200: LogScan, "4xx": ErrorBody, 503: ErrorBody },
        },
      },
      async (request) => {
        const { name, id } = request.query as { name: string; id?: string };
        if (scans >= MOST_SCANS) {
          // Whoever still sends hears no answer before all was taken: the connection would break under it.
          await taken(request.body as Readable | undefined);
          throw new Refusal("busy", `${MOST_SCANS} logs are being read already; try again in a moment.`);
        }
        scans += 1;
        try {
          const body = request.body as Readable | undefined;
          if (body === undefined) throw new Refusal("invalid-request", "Send the log as the request's body.");
          return await scanLog(body, {
            name: printable(name, 300),
            onProgress: (progress) => (id === undefined ? undefined : feed.tell({ type: "log-scan", id, ...progress })),
          });
        } finally {
          scans -= 1;
        }
      },
    );
  });
}

async function taken(body: Readable | undefined): Promise<void> {
  if (body !== undefined) await finished(body.resume()).catch(() => undefined);
}
