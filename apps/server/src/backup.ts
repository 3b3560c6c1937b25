/** `mxray backup`: the store of a data directory into one file, while its server runs or not. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { backupStore, StoreError } from "@mxray/store";
import { databaseUrlOf, dataDirOf } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { storeFile } from "./data-directory.ts";

export interface BackupOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string;
  /** A file that does not exist yet, or a directory, in which the copy is named after the time. */
  readonly to: string;
}

export interface Backup {
  readonly path: string;
  readonly bytes: number;
}

/** @throws ConfigError with a sentence for the person who runs the server */
export async function backup({ env, dataDir, to }: BackupOptions): Promise<Backup> {
  if (databaseUrlOf(env) !== null)
    throw new ConfigError(
      "cannot-run",
      "DATABASE_URL is set: copy that database with pg_dump; mxray backup copies the embedded store only.",
    );
  const isDirectory = await stat(to).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory && /[\\/]$/.test(to))
    throw new ConfigError("cannot-run", `The directory ${to} does not exist; make it, or name another place.`);
  const path = resolve(isDirectory ? join(to, `mxray-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}Z.sqlite`) : to);
  try {
    return { path, bytes: await backupStore(storeFile(dataDirOf(env, dataDir)), path) };
  } catch (error) {
    throw error instanceof StoreError ? new ConfigError("cannot-run", error.message) : error;
  }
}
