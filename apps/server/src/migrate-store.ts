/** `mxray migrate-store`: everything from the store in the data directory to a PostgreSQL database, or back, while no server uses them. */
import { existsSync } from "node:fs";
import { moveStore, postgresLocation, StoreError, type StoreMove, takeDatabaseLock } from "@mxray/store";
import { checkedDatabaseUrl, dataDirOf } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { DataDirectory, storeFile } from "./data-directory.ts";

export interface MigrateStoreOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string;
  readonly to: StoreMove["to"];
  /** Of PostgreSQL. */
  readonly url: string;
  readonly onUpgrade?: StoreMove["onUpgrade"];
}

export interface MigratedStore {
  readonly from: string;
  readonly to: string;
  /** Rows of each table that has any. */
  readonly rows: ReadonlyMap<string, number>;
}

/** @throws ConfigError with a sentence for the person who runs the server; then nothing was moved */
export async function migrateStore({ env, dataDir, to, url, ...options }: MigrateStoreOptions): Promise<MigratedStore> {
  const databaseUrl = checkedDatabaseUrl(to === "postgres" ? "--to" : "--from", url);
  const dir = dataDirOf(env, dataDir);
  const path = storeFile(dir);
  const [embedded, database] = [path, postgresLocation(databaseUrl)];
  if (to === "postgres" && !existsSync(path))
    throw new ConfigError("cannot-run", `There is no store ${path} to move; name its directory with --data or MXRAY_DATA.`);
  const directory = await DataDirectory.claim(dir);
  try {
    const lock = await takeDatabaseLock(databaseUrl);
    try {
      const rows = await moveStore({ path, url: databaseUrl, to, ...options });
      return { from: to === "postgres" ? embedded : database, to: to === "postgres" ? database : embedded, rows };
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw error instanceof StoreError ? new ConfigError("cannot-run", error.message) : error;
  } finally {
    await directory.release();
  }
}
