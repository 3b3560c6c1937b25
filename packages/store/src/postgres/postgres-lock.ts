/**
 * One database, one server. A server holds an advisory lock on a connection of its own, which PostgreSQL drops with that connection.
 * When the connection is lost, the lock is taken again as soon as PostgreSQL answers; if another server was faster, it is lost.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { StoreError } from "../store-error.ts";
import { connectedPostgres } from "./postgres-database.ts";
import { postgresStoreError } from "./postgres-trouble.ts";

/** Any number that nothing else in the database takes. */
const SERVER_LOCK = 7_268_302;
const PAUSE_MS = 1000;

export interface DatabaseLock {
  release(): Promise<void>;
}

/**
 * @param onLost called once, when another server has taken it after a connection was lost
 * @throws StoreError if another server holds it, or the database cannot be used
 */
export async function takeDatabaseLock(url: string, onLost: (error: StoreError) => void): Promise<DatabaseLock> {
  const name = `mxray server ${randomUUID()}`;
  let released = false;
  let client: pg.Client;
  try {
    client = await lockedClient(url, name);
  } catch (error) {
    throw postgresStoreError(url, error);
  }
  watch();
  return {
    async release() {
      released = true;
      await client.end().catch(() => undefined);
    },
  };

  function watch(): void {
    client.once("end", () => void again());
  }

  async function again(): Promise<void> {
    while (!released) {
      try {
        const next = await lockedClient(url, name);
        if (released) return await next.end();
        client = next;
        return watch();
      } catch (error) {
        if (error instanceof StoreError && error.trouble === "locked") return onLost(postgresStoreError(url, error));
        await sleep(PAUSE_MS, undefined, { ref: false });
      }
    }
  }
}

async function lockedClient(url: string, name: string): Promise<pg.Client> {
  const client = await connectedPostgres(url, name);
  try {
    // A connection of this server that is lost on this side only still holds it.
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()", [
      name,
    ]);
    const { rows } = await client.query("select pg_try_advisory_lock($1) as free", [SERVER_LOCK]);
    if (!rows[0].free)
      throw new StoreError(`${await holder(client)}; stop that server, or name another database in DATABASE_URL`, "locked");
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function holder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ place: string | null; since: string }>(
    `select host(client_addr) as place, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as since
     from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and objid = $1 and granted and pg_locks.database = (select oid from pg_database where datname = current_database())`,
    [SERVER_LOCK],
  );
  const [found] = rows;
  if (found === undefined) return "another mxray server uses it";
  return `another mxray server uses it (${found.place === null ? "on the same machine" : `from ${found.place}`}, since ${found.since})`;
}
