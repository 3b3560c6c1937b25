/**
 * The store in a PostgreSQL database. One transaction writes at a time, as in SQLite: what a transaction has read holds until it
 * ends, so limits are kept, a new finding is opened once, and none deadlocks with another. Reading waits for nobody. Until probes
 * of several servers are kept apart, one server holds the database; a second one is refused.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";
import pg from "pg";
import { wholeSchema } from "../schema/migrations/0024-whole-schema.ts";
import { upgradeSchema } from "../schema/schema-upgrade.ts";
import type { Tables } from "../schema/tables.ts";
import { PostgresFormCompiler } from "../sql/by-engine.ts";
import { StoreError } from "../store-error.ts";

/** Keys of advisory locks; any numbers that nothing else in the database takes. */
const WRITER_LOCK = 7_268_301;
const SERVER_LOCK = 7_268_302;
const OLDEST_VERSION = 15;
const CONNECTIONS = 8;

/** int8 and numeric; counts and sums stay far below 2^53. */
const NUMBER_TYPES = [20, 1700];

export interface PostgresDatabase {
  readonly db: Kysely<Tables>;
  close(): Promise<void>;
}

/** @throws StoreError in one sentence, without the password */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const holder = new pg.Client(configOf(url));
  holder.on("error", () => undefined);
  try {
    await holder.connect();
    await checkServer(holder);
    const { rows } = await holder.query("select pg_try_advisory_lock($1) as free", [SERVER_LOCK]);
    if (!rows[0].free) throw new StoreError(`another mxray server uses it; stop that one, or name another database`, "locked");
    const db = postgresDatabase(url);
    await upgradeSchema(db, {
      migrations: { "0024-whole-schema": wholeSchema },
      engine: { prepare: async () => undefined, inTransaction: (all, work) => all.transaction().execute(work) },
      onStep: () => undefined,
    });
    return {
      db,
      async close() {
        await db.destroy();
        await holder.end();
      },
    };
  } catch (error) {
    await holder.end().catch(() => undefined);
    throw new StoreError(
      `The store ${postgresLocation(url)} cannot be opened: ${error instanceof Error ? error.message || (error as { code?: string }).code : String(error)}.`,
      error instanceof StoreError ? error.trouble : "other",
    );
  }
}

/** For pages and logs: without the password. */
export function postgresLocation(url: string): string {
  if (!URL.canParse(url)) return "in DATABASE_URL";
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `postgresql://${searchParams.get("host") ?? hostname}${port && `:${port}`}${pathname}`;
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int / 10000 as version, current_setting('transaction_read_only') as only",
  );
  if (rows[0].version < OLDEST_VERSION)
    throw new StoreError(`PostgreSQL ${rows[0].version} is too old; mxray needs ${OLDEST_VERSION} or newer`);
  if (rows[0].only === "on") throw new StoreError("the database is read-only (a standby?); name the primary", "forbidden");
}

function configOf(url: string): pg.PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    options: "-c client_min_messages=warning",
    types: {
      getTypeParser: ((type: number, format?: "text") =>
        NUMBER_TYPES.includes(type) ? Number : pg.types.getTypeParser(type, format)) as typeof pg.types.getTypeParser,
    },
  };
}

function postgresDatabase(url: string): Kysely<Tables> {
  const pool = new pg.Pool({ ...configOf(url), max: CONNECTIONS });
  pool.on("error", () => undefined);
  const dialect = new PostgresDialect({ pool: pool as never });
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OneWriter({ pool: pool as never }),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => new PostgresFormCompiler(),
    },
  });
}

class OneWriter extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(${WRITER_LOCK})`));
  }
}
