import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import type { LogStore } from "./interfaces/log-store.ts";
import type { Store, StorePlace } from "./interfaces/store.ts";
import { openPostgres, postgresDatabase } from "./postgres/postgres-database.ts";
import { type DatabaseLock, joinServers, takeDatabaseLock } from "./postgres/postgres-servers.ts";
import { postgresLocation } from "./postgres/postgres-trouble.ts";
import { makePrivateDirectory } from "./private-directory.ts";
import { tidyEnded } from "./repositories/access/access-tidying.ts";
import { agentStore } from "./repositories/access/agents.ts";
import { linkStore } from "./repositories/access/links.ts";
import { sessionStore } from "./repositories/access/sessions.ts";
import { tokenStore } from "./repositories/access/tokens.ts";
import { userStore } from "./repositories/access/users.ts";
import { alertStore } from "./repositories/alerts/alerts.ts";
import { channelStore } from "./repositories/alerts/channels.ts";
import { auditStore } from "./repositories/audit/audit.ts";
import { choreStore } from "./repositories/chores.ts";
import { findingStore } from "./repositories/findings/findings.ts";
import { logStore } from "./repositories/logs/logs.ts";
import { metricStore } from "./repositories/metrics.ts";
import { peerDetail } from "./repositories/peers/peer-detail.ts";
import { peerList } from "./repositories/peers/peer-list.ts";
import { deliveryStore } from "./repositories/probes/deliveries.ts";
import { probeStore } from "./repositories/probes/probes.ts";
import { settingStore } from "./repositories/settings.ts";
import { storeFacts } from "./repositories/store-facts.ts";
import { stressStore } from "./repositories/stress/stress-runs.ts";
import { wallStore } from "./repositories/wall.ts";
import { maintenanceStore } from "./repositories/watches/maintenance.ts";
import { watchStore } from "./repositories/watches/watches.ts";
import { sqliteMigrations } from "./schema/migrations.ts";
import { type UpgradeStep, upgradeSchema } from "./schema/schema-upgrade.ts";
import type { Tables } from "./schema/tables.ts";
import { LogReading } from "./sqlite/log-reading.ts";
import { openSqliteAgain } from "./sqlite/open-sqlite-again.ts";
import { openSqlite } from "./sqlite/sqlite-database.ts";
import { eraseDeleted } from "./sqlite/sqlite-erasing.ts";
import { sqliteStoreError } from "./sqlite/sqlite-trouble.ts";
import { sqliteUpgrade } from "./sqlite/sqlite-upgrade.ts";
import { type ThreadNews, threadedSqlite } from "./sqlite/threaded-sqlite.ts";

/** To PostgreSQL: of a server, and of each of its threads. */
const CONNECTIONS = 8;
const THREAD_CONNECTIONS = 2;

export interface StoreOptions {
  /** The database file, made with its directory where missing; `:memory:` for one that is forgotten. */
  readonly path: string;
  /** Called and waited for before each step of an upgrade; a store that is new or up to date has none. */
  readonly onUpgrade?: (step: UpgradeStep) => void | Promise<void>;
  /** A thread of the store ended without an order to; it is started again with the next question. @param reason follows "because" */
  readonly onThreadEnd?: (thread: StoreThread, reason: string, error: unknown) => void;
  /** It answers again. */
  readonly onThreadBack?: (thread: StoreThread) => void;
}

/** `store`: all statements; `statistics`: those that add up much. */
export type StoreThread = "store" | "statistics";

/**
 * Opens the store and brings its schema up to date.
 *
 * @throws StoreError if the store cannot be opened or upgraded; its message names the cause and the remedy
 */
export async function openStore({ path, onUpgrade = () => undefined, ...options }: StoreOptions): Promise<Store> {
  const db = await openDatabase(path, threadNews("store", options));
  const file = path === ":memory:" ? null : path;
  try {
    await upgradeSchema(db, { migrations: sqliteMigrations, engine: sqliteUpgrade(file), onStep: onUpgrade });
  } catch (error) {
    await db.destroy();
    throw await sqliteStoreError(path, error);
  }
  const reading = file === null ? null : new LogReading(file, threadNews("statistics", options));
  return {
    ...storeOn(db, reading),
    place: file === null ? null : { engine: "sqlite", path: file },
    servers: null,
    facts: () => storeFacts(db, path),
    erase: () => eraseDeleted(db),
    async close() {
      await reading?.close();
      await db.destroy();
    },
  };
}

export interface PostgresStoreOptions extends Pick<StoreOptions, "onUpgrade"> {
  /** Of PostgreSQL; its password is in no message and on no page. */
  readonly url: string;
  /** As one of the servers of the database, which hear of each other; default false. */
  readonly join?: boolean;
}

/**
 * Opens the store in a PostgreSQL database, as `openStore` does one in a file.
 *
 * @throws StoreError as `openStore` does
 */
export async function openPostgresStore({ url, join = false, onUpgrade = () => undefined }: PostgresStoreOptions): Promise<Store> {
  const db = await upgradedAlone(url, onUpgrade);
  const servers = join ? await joinServers(url, (channel, parts) => notify(db, channel, parts)).catch(closing(db)) : null;
  return {
    ...storeOn(db, null),
    place: { engine: "postgres", url },
    servers,
    facts: () => storeFacts(db, postgresLocation(url)),
    // PostgreSQL overwrites what was deleted when its vacuum comes round to it.
    erase: async () => true,
    async close() {
      await servers?.leave();
      await db.destroy();
    },
  };
}

/** No server uses the database while its schema changes. */
async function upgradedAlone(url: string, onUpgrade: NonNullable<StoreOptions["onUpgrade"]>): Promise<Kysely<Tables>> {
  let alone: DatabaseLock | null = null;
  try {
    return await openPostgres(url, CONNECTIONS, async (step) => {
      alone ??= await takeDatabaseLock(url);
      await onUpgrade(step);
    });
  } finally {
    await (alone as DatabaseLock | null)?.release();
  }
}

async function notify(db: Kysely<Tables>, channel: string, parts: readonly string[]): Promise<void> {
  await sql`select pg_notify(${channel}, part) from unnest(${parts}::text[]) as part`.execute(db);
}

/** Closes what was opened before something failed, and fails with that. */
function closing(db: Kysely<Tables>): (error: unknown) => Promise<never> {
  return async (error) => {
    await db.destroy();
    throw error;
  };
}

function storeOn(db: Kysely<Tables>, reading: LogReading | null): Omit<Store, "place" | "servers" | "facts" | "erase" | "close"> {
  return {
    probes: probeStore(db),
    findings: findingStore(db),
    deliveries: deliveryStore(db),
    logs: logStore(db, reading?.reads ?? null),
    peers: { ...peerList(db), ...peerDetail(db), ...reading?.peers },
    links: linkStore(db),
    sessions: sessionStore(db),
    users: userStore(db),
    tokens: tokenStore(db),
    agents: agentStore(db),
    audit: auditStore(db),
    wall: wallStore(db),
    metrics: metricStore(db),
    watches: watchStore(db),
    maintenance: maintenanceStore(db),
    channels: channelStore(db),
    alerts: alertStore(db),
    chores: choreStore(db),
    settings: settingStore(db),
    stress: stressStore(db),
    async ping() {
      await sql`select 1`.execute(db);
    },
    tidy: (now, before) => tidyEnded(db, now, before),
  };
}

/** The part that following logs needs, of a store that is open already, for a thread of its own; SQLite blocks that thread. */
export function openLogStore(place: StorePlace): { readonly logs: LogStore; close(): Promise<void> } {
  const db = place.engine === "sqlite" ? openSqliteAgain(place.path) : postgresDatabase(place.url, THREAD_CONNECTIONS);
  return { logs: logStore(db, null), close: () => db.destroy() };
}

function threadNews(thread: StoreThread, { onThreadEnd, onThreadBack }: Omit<StoreOptions, "path">): ThreadNews {
  return { onEnd: (reason, error) => onThreadEnd?.(thread, reason, error), onBack: () => onThreadBack?.(thread) };
}

async function openDatabase(path: string, news: ThreadNews): Promise<Kysely<Tables>> {
  try {
    if (path !== ":memory:") await makePrivateDirectory(dirname(path));
    const database = openSqlite(path);
    if (path === ":memory:") return new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    database.close();
    return new Kysely<Tables>({ dialect: threadedSqlite(path, news) });
  } catch (error) {
    throw await sqliteStoreError(path, error);
  }
}
