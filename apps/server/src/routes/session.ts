/** What a signed-in page needs to know of the server. */
import { SessionInfo } from "@mxray/contracts/schemas";
import type { App } from "../app.ts";
import { type Config, isLoopbackUrl } from "../config.ts";

export async function sessionRoutes(
  app: App,
  { config, version, publicUrl }: { config: Config; version: string; publicUrl: () => string },
) {
  app.get(
    "/api/v1/session",
    { schema: { tags: ["session"], summary: "The server, as a signed-in page sees it", response: { 200: SessionInfo } } },
    async () => ({
      version,
      publicUrl: publicUrl(),
      loopback: isLoopbackUrl(publicUrl()),
      allowedPorts: [...config.allowPorts],
      contact: config.contact ?? null,
    }),
  );
}
