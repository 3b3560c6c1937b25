/** `mxray apply`: makes agents, monitors, maintenance windows and channels as a file says, in a data directory of this machine or on a server. */
import type { Store } from "@mxray/store";
import { databaseUrlOf, dataDirOf } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { settingsOfEnvironment } from "../config/setting-definitions.ts";
import { LiveFeed } from "../live-feed.ts";
import { Settings } from "../live-settings.ts";
import { Refusal } from "../refusal.ts";
import { checkSameStore, openServerStore } from "../server-store.ts";
import { desiredState } from "./desired.ts";
import { exportText } from "./export.ts";
import { fileText, withSecrets } from "./named-secrets.ts";
import { applyOnServer, exportFromServer, type ServerAccess } from "./on-server.ts";
import { stateChanges } from "./state-changes.ts";

export interface ApplyPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string;
  /** A running server elsewhere, instead of a data directory. */
  readonly server?: ServerAccess;
}

export interface ApplyOptions extends ApplyPlace {
  readonly file: string;
  readonly dryRun: boolean;
}

/** @returns what was changed, or would be, as lines @throws ConfigError for a file, a store or a server that cannot be used */
export async function apply({ file, dryRun, ...place }: ApplyOptions): Promise<string[]> {
  const desired = await withSecrets(desiredState(await fileText(file, "The file"), file), place.env);
  if (place.server !== undefined) return await applyOnServer(place.server, desired, dryRun);
  return await inStore(place, async (store) => {
    const environment = settingsOfEnvironment(place.env);
    const { mostMonitors } = (await Settings.open({ environment, store, feed: new LiveFeed() })).values;
    const changes = await stateChanges(store, desired, { mostMonitors });
    if (!dryRun) for (const { make } of changes) await make(() => undefined);
    return changes.map(({ text }) => text);
  });
}

/** @returns the YAML that `apply` reads @throws ConfigError for a store or a server that cannot be used */
export async function exported(place: ApplyPlace): Promise<string> {
  return place.server === undefined ? await inStore(place, exportText) : await exportFromServer(place.server);
}

async function inStore<T>({ env, dataDir }: ApplyPlace, work: (store: Store) => Promise<T>): Promise<T> {
  const settings = { dataDir: dataDirOf(env, dataDir), databaseUrl: databaseUrlOf(env) };
  await checkSameStore(settings);
  const store = await openServerStore(settings);
  try {
    return await work(store);
  } catch (error) {
    throw error instanceof Refusal ? new ConfigError("usage", error.message) : error;
  } finally {
    await store.close();
  }
}
