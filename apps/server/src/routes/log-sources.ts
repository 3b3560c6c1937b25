/** Followed logs: list them with their states, follow one, follow it no longer. */
import { printable } from "@mxray/contracts";
import { ErrorBody, LogSource, LogSourceList, LogSourceRequest } from "@mxray/contracts/schemas";
import { isInLogFolder, parseLogLocation, refusalOfLocation } from "@mxray/maillog";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { Config } from "../config/config.ts";
import type { App } from "../http/app-type.ts";
import type { Settings } from "../live-settings.ts";
import type { FollowedLogs } from "../logs/following/followed-logs.ts";
import { logCandidates } from "../logs/following/log-candidates.ts";
import { notFound, Refusal } from "../refusal.ts";

interface LogSourceDeps {
  readonly config: Config;
  readonly settings: Settings;
  readonly followedLogs: FollowedLogs;
}

const tags = ["logs"];

export async function logSourceRoutes(app: App, { config, settings, followedLogs }: LogSourceDeps): Promise<void> {
  app.get(
    "/api/v1/logs/sources",
    {
      config: { access: "viewer" },
      schema: { tags, summary: "List followed logs and their state", response: { 200: LogSourceList, "4xx": ErrorBody } },
    },
    async () => {
      const sources = followedLogs.sources();
      const here = sources.filter(({ agent }) => agent === null).map(({ location }) => location);
      const candidates = await logCandidates(config.logFolders, here);
      return { sources, candidates, probing: settings.values.logProbing };
    },
  );

  app.post(
    "/api/v1/logs/sources",
    {
      config: { access: "admin", act: "log.followed" },
      schema: { tags, summary: "Follow a log", body: LogSourceRequest, response: { 201: LogSource, "4xx": ErrorBody } },
    },
    async (request, reply) => {
      const { location } = request.body;
      const refusal = refusalOfLocation(location, config.logFolders) ?? (await refusalOfLink(location, config.logFolders));
      if (refusal !== null) throw new Refusal("invalid-location", refusal);
      const source = await followedLogs.add(location, actOf(request));
      if (source === null) throw new Refusal("already-followed", `${printable(location, 200)} is followed already.`);
      return reply.code(201).send(source);
    },
  );

  app.delete(
    "/api/v1/logs/sources/:id",
    {
      config: { access: "admin", act: "log.unfollowed" },
      schema: {
        tags,
        summary: "Follow a log no longer",
        description: "Its kept lines are forgotten; its counts stay until they are too old.",
        params: Type.Object({ id: Type.Integer() }),
      },
    },
    async (request, reply) => {
      const { params } = request;
      const source = followedLogs.sources().find(({ id }) => id === params.id);
      if (source === undefined) throw notFound("log source");
      if (source.origin === "environment") {
        throw new Refusal("named-by-environment", "The server's environment names this log (MXRAY_LOGS); take it out there.");
      }
      if (source.agent !== null && source.state !== "waiting") {
        throw new Refusal(
          "followed-by-agent",
          `The agent ${source.agent} follows this log; take it out of its --logs, or revoke the agent.`,
        );
      }
      await followedLogs.remove(params.id, actOf(request));
      return reply.code(204).send();
    },
  );
}

/** A sentence for a path that a symbolic link leads out of the folders for logs, or null. */
async function refusalOfLink(location: string, folders: readonly string[]): Promise<string | null> {
  const parsed = parseLogLocation(location);
  // A file that is not there yet is checked when it is opened.
  if (parsed?.kind !== "file" || (await isInLogFolder(parsed.path, folders).catch(() => true))) return null;
  return `${printable(location, 200)} leads to a file outside of the folders whose logs may be followed (${folders.join(", ")}). MXRAY_LOGS names single files.`;
}
