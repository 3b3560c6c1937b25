/** Settings: read them, change those that can be changed while the server runs; and what this server is. */
import type { Vantage } from "@mxray/contracts";
import { ErrorBody, ServerAbout, SettingList, SettingsChange } from "@mxray/contracts/schemas";
import { localAbilities } from "@mxray/probe";
import type { Store } from "@mxray/store";
import { actOf } from "../access/act.ts";
import type { Config } from "../config/config.ts";
import { startSettings } from "../config/start-settings.ts";
import type { App } from "../http/app-type.ts";
import type { Settings } from "../live-settings.ts";

export interface SettingRoutesDeps {
  readonly config: Config;
  readonly settings: Settings;
  readonly store: Store;
  readonly vantage: Vantage;
  readonly publicUrl: () => string;
}

export async function settingRoutes(app: App, { config, settings, store, vantage, publicUrl }: SettingRoutesDeps): Promise<void> {
  const tags = ["settings"];
  const abilities = localAbilities();

  app.get(
    "/api/v1/settings",
    {
      config: { access: "admin" },
      schema: {
        tags,
        summary: "List the settings that can be changed while the server runs",
        description: "Values are text in the form of the environment variable of the same meaning. What the environment says wins.",
        response: { 200: SettingList },
      },
    },
    async () => ({ settings: settings.list() }),
  );

  app.patch(
    "/api/v1/settings",
    {
      config: { access: "admin", act: "settings.changed" },
      schema: {
        tags,
        summary: "Change settings",
        description:
          "All of them or none; null or an empty text goes back to the default. They hold from the next use on. `details` of the error `invalid-setting` has a sentence for each that makes no sense.",
        body: SettingsChange,
        response: { 200: SettingList, "4xx": ErrorBody },
      },
    },
    async (request) => {
      await settings.change(request.body, actOf(request));
      return { settings: settings.list() };
    },
  );

  app.get(
    "/api/v1/about",
    { config: { access: "admin" }, schema: { tags, summary: "What this server is and can do", response: { 200: ServerAbout } } },
    async () => ({
      version: vantage.version,
      node: process.versions.node,
      host: vantage.host,
      startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
      licence: "MIT",
      store: await store.facts(),
      vantage: abilities(),
      settings: startSettings(config, publicUrl()),
    }),
  );
}
