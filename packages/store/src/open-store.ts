import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import type { LogStore } from "./interfaces/log-store.ts";
import type { Store } from "./interfaces/store.ts";
import { linkStore } from "./repositories/access/links.ts";
import { sessionStore } from "./repositories/access/sessions.ts";
import { findingStore } from "./repositories/findings/findings.ts";
import { logStore } from "./repositories/logs/logs.ts";
import { peerDetail } from "./repositories/peers/peer-detail.ts";
import { peerList } from "./repositories/peers/peer-list.ts";
import { deliveryStore } from "./repositories/probes/deliveries.ts";
import { probeStore } from "./repositories/probes/probes.ts";
import { settingStore } from "./repositories/settings.ts";
import { storeFacts } from "./repositories/store-facts.ts";
import { wallStore } from "./repositories/wall.ts";
import { watchStore } from "./repositories/watches.ts";
import { migrations } from "./schema/migrations.ts";
import type { Tables } from "./schema/tables.ts";
import { LogReading } from "./sqlite/log-reading.ts";
import { openSqlite } from "./sqlite/sqlite-database.ts";
import { threadedSqlite } from "./sqlite/threaded-sqlite.ts";
import { StoreError } from "./store-error.ts";

export interface StoreOptions {
  /** The database file, made with its directory where missing; `:memory:` for one that is forgotten. */
  readonly path: string;
}

/**
 * Opens the store and brings its schema up to date.
 *
 * @throws StoreError where the file cannot be opened, is no database, or was written by a newer mxray
 */
export async function openStore({ path }: StoreOptions): Promise<Store> {
  const db = await openDatabase(path);
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw new StoreError(`The store ${path} could not be brought up to date: ${reasonOf(error)}. Was it written by a newer mxray?`);
  }
  // What is in memory only can be read from here only.
  const file = path === ":memory:" ? null : path;
  const reading = file === null ? null : new LogReading(file);
  return {
    probes: probeStore(db),
    findings: findingStore(db),
    deliveries: deliveryStore(db),
    logs: logStore(db, reading?.reads ?? null),
    peers: { ...peerList(db), ...peerDetail(db), ...reading?.peers },
    links: linkStore(db),
    sessions: sessionStore(db),
    wall: wallStore(db),
    file,
    watches: watchStore(db),
    settings: settingStore(db),
    facts: () => storeFacts(db, path),
    async ping() {
      await sql`select 1`.execute(db);
    },
    async close() {
      await reading?.close();
      await db.destroy();
    },
  };
}

/** The part that following logs needs, of a store that is open already, for a thread of its own: it is held up by each statement. */
export function openLogStore(path: string): { readonly logs: LogStore; close(): Promise<void> } {
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: openSqlite(path) }) });
  return { logs: logStore(db, null), close: () => db.destroy() };
}

async function openDatabase(path: string): Promise<Kysely<Tables>> {
  try {
    // What people mail about is nobody else's business: only the owner reads it.
    if (path !== ":memory:") await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const database = openSqlite(path);
    if (path === ":memory:") return new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    database.close();
    return new Kysely<Tables>({ dialect: threadedSqlite(path) });
  } catch (error) {
    throw new StoreError(
      `The store ${path} cannot be opened (${reasonOf(error)}). Give a directory that this user may write to with --data or MXRAY_DATA.`,
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
