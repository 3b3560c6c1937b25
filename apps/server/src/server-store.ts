/** The store that the settings name: a file in the data directory, which one server has at a time, or a PostgreSQL database. */
import {
  explainPostgresError,
  explainStoreError,
  openPostgresStore,
  openStore,
  postgresLocation,
  type Store,
  StoreError,
  type StoreOptions,
} from "@mxray/store";
import type { Config } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { runningServer, storeFile } from "./data-directory.ts";

export type StoreSettings = Pick<Config, "dataDir" | "databaseUrl">;

/** @param join as a server, among the others of a database. @throws ConfigError if it cannot be opened */
export async function openServerStore(
  { dataDir, databaseUrl }: StoreSettings,
  { join = false, ...options }: Omit<StoreOptions, "path"> & { readonly join?: boolean } = {},
): Promise<Store> {
  try {
    if (databaseUrl !== null) return await openPostgresStore({ url: databaseUrl, join, ...options });
    return await openStore({ path: storeFile(dataDir), ...options });
  } catch (error) {
    throw error instanceof StoreError ? new ConfigError("cannot-run", error.message) : error;
  }
}

/** The sentence for an error of the store; any other error as it is. */
export async function storeTrouble({ dataDir, databaseUrl }: StoreSettings, error: unknown): Promise<unknown> {
  if (!(error instanceof StoreError) && (error as NodeJS.ErrnoException).code !== "ENOSPC") return error;
  const explained = databaseUrl === null ? await explainStoreError(storeFile(dataDir), error) : explainPostgresError(databaseUrl, error);
  return new ConfigError("cannot-run", explained.message);
}

/** How the store is called where it is not in the data directory; null: it is there. Holds no password. */
export function databaseName({ databaseUrl }: Pick<StoreSettings, "databaseUrl">): string | null {
  return databaseUrl === null ? null : postgresLocation(databaseUrl);
}

/** A server that runs on the data directory has its store where the settings say. @throws ConfigError if it does not */
export async function checkSameStore(settings: StoreSettings): Promise<void> {
  const server = await runningServer(settings.dataDir);
  const named = databaseName(settings);
  const used = server?.database ?? null;
  if (server === null || used === named) return;
  throw new ConfigError(
    "cannot-run",
    used === null
      ? `The server at ${server.url} keeps its store in ${settings.dataDir}, and DATABASE_URL names ${named}; unset DATABASE_URL, or name another directory with --data.`
      : `The server at ${server.url} keeps its store in ${used}; set DATABASE_URL as that server has it.`,
  );
}
