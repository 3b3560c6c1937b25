/** The store in a PostgreSQL database: opened, checked and brought up to date. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { postgresMigrations } from "../schema/migrations.ts";
import { type UpgradeStep, upgradeSchema } from "../schema/schema-upgrade.ts";
import type { Tables } from "../schema/tables.ts";
import { PostgresFormCompiler } from "../sql/by-engine.ts";
import { StoreError } from "../store-error.ts";
import { postgresClientConfig, postgresPool } from "./postgres-pool.ts";
import { postgresStoreError } from "./postgres-trouble.ts";

const OLDEST_VERSION = 15;

/** Opens nothing yet: the first statement does. @param connections at most */
export function postgresDatabase(url: string, connections: number): Kysely<Tables> {
  const dialect = new PostgresDialect({ pool: postgresPool(url, connections) });
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => dialect.createDriver(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => new PostgresFormCompiler(),
    },
  });
}

/** @throws StoreError in one sentence, without the password */
export async function openPostgres(
  url: string,
  connections: number,
  onStep: (step: UpgradeStep) => void | Promise<void>,
): Promise<Kysely<Tables>> {
  const db = postgresDatabase(url, connections);
  try {
    await (await connectedPostgres(url)).end();
    await upgradeSchema(db, {
      migrations: postgresMigrations,
      engine: { prepare: async () => undefined, inTransaction: (all, work) => all.transaction().execute(work) },
      onStep,
    });
    return db;
  } catch (error) {
    await db.destroy();
    throw postgresStoreError(url, error);
  }
}

/** A connection of its own to a server that mxray can use. @throws StoreError, or what connecting throws */
export async function connectedPostgres(url: string, applicationName = "mxray"): Promise<pg.Client> {
  const client = new pg.Client({ ...postgresClientConfig(url), application_name: applicationName });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await checkServer(client);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; read_only: string; encoding: string; pid: number }>(`
    select current_setting('server_version_num')::int / 10000 as version, current_setting('transaction_read_only') as read_only,
      current_setting('server_encoding') as encoding, pg_backend_pid() as pid`);
  const [server] = rows;
  if (server === undefined) return;
  if (server.version < OLDEST_VERSION)
    throw new StoreError(`PostgreSQL ${server.version} is too old; mxray needs version ${OLDEST_VERSION} or newer`);
  if (server.read_only === "on")
    throw new StoreError("the database is read-only (a standby server?); name the primary server in DATABASE_URL", "forbidden");
  if (server.encoding !== "UTF8")
    throw new StoreError(
      `the database has the encoding ${server.encoding}; create one with 'createdb --encoding=UTF8 --template=template0'`,
    );
  // A pooler gives its clients numbers of its own.
  const { processID } = client as pg.Client & { readonly processID?: number };
  if (processID !== server.pid)
    throw new StoreError(
      "a connection pooler answers there, and mxray holds locks for as long as a connection lasts; name PostgreSQL itself in DATABASE_URL",
    );
}
