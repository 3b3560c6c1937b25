/** What a signed-in page needs to know of the server. */
import { SessionInfo } from "@mxray/contracts/schemas";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import type { Settings } from "../live-settings.ts";

export async function sessionRoutes(
  app: App,
  { settings, version, publicUrl }: { settings: Settings; version: string; publicUrl: () => string },
) {
  app.get(
    "/api/v1/session",
    {
      config: { access: "viewer" },
      schema: { tags: ["session"], summary: "The server, as a signed-in page sees it", response: { 200: SessionInfo } },
    },
    async () => ({
      version,
      publicUrl: publicUrl(),
      loopback: isLoopbackUrl(publicUrl()),
      allowedPorts: [...settings.values.allowPorts],
      contact: settings.values.contact ?? null,
    }),
  );
}
