/**
 * One database, any number of servers. Each holds a shared advisory lock on a connection of its own, which PostgreSQL drops with that
 * connection, and hears on it what the others tell (LISTEN, NOTIFY). Whoever needs the database alone, to upgrade or to move it, takes the
 * lock for itself.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Servers } from "../interfaces/store.ts";
import { StoreError } from "../store-error.ts";
import { connectedPostgres } from "./postgres-database.ts";
import { NoticeParts, noticeParts } from "./postgres-notices.ts";
import { postgresStoreError } from "./postgres-trouble.ts";

/** Any number that nothing else in the database takes. */
const SERVER_LOCK = 7_268_302;
const CHANNEL = "mxray";
const PAUSE_MS = 1000;

export interface DatabaseLock {
  release(): Promise<void>;
}

export interface JoinedServers extends Servers {
  leave(): Promise<void>;
}

/** Takes the database for one process. @throws StoreError if a server uses it, or it cannot be used */
export async function takeDatabaseLock(url: string): Promise<DatabaseLock> {
  try {
    const client = await lockedClient(url, `mxray ${randomUUID()}`, "alone");
    return { release: () => client.end().catch(() => undefined) };
  } catch (error) {
    throw postgresStoreError(url, error);
  }
}

/**
 * Joins the servers of a database.
 *
 * @param notify runs a statement on another connection
 * @throws StoreError if a process has the database for itself, or it cannot be used
 */
export async function joinServers(
  url: string,
  notify: (channel: string, parts: readonly string[]) => Promise<void>,
): Promise<JoinedServers> {
  const id = randomUUID();
  const name = `mxray server ${id}`;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const parts = new NoticeParts(id);
  let listener: Parameters<Servers["listen"]>[0] | null = null;
  let told = 0;
  let left = false;
  let client: pg.Client;
  try {
    client = await joined();
  } catch (error) {
    throw postgresStoreError(url, error);
  }
  return {
    lost,
    async tell(text) {
      told += 1;
      await notify(CHANNEL, noticeParts(id, told, text));
    },
    listen(on) {
      listener = on;
    },
    async leave() {
      left = true;
      await client.end().catch(() => undefined);
    },
  };

  async function joined(): Promise<pg.Client> {
    const next = await lockedClient(url, name, "shared");
    next.on("notification", ({ payload = "" }) => {
      const text = parts.add(payload);
      if (text !== null) listener?.onText(text);
    });
    await next.query(`listen ${CHANNEL}`);
    next.once("end", () => void again());
    return next;
  }

  async function again(): Promise<void> {
    while (!left) {
      try {
        client = await joined();
        if (left) return await client.end();
        return listener?.onGap();
      } catch (error) {
        if (error instanceof StoreError && error.trouble === "locked") return lose(postgresStoreError(url, error).message);
        await sleep(PAUSE_MS, undefined, { ref: false });
      }
    }
  }
}

async function lockedClient(url: string, name: string, how: "shared" | "alone"): Promise<pg.Client> {
  const client = await connectedPostgres(url, name);
  try {
    // A connection of this server that is lost on this side only still holds it.
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()", [
      name,
    ]);
    const { rows } = await client.query(`select ${how === "alone" ? "pg_try_advisory_lock" : "pg_try_advisory_lock_shared"}($1) as free`, [
      SERVER_LOCK,
    ]);
    if (!rows[0].free) throw new StoreError(await holder(client), "locked");
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function holder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ place: string | null; since: string; alone: boolean }>(
    `select host(client_addr) as place, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as since,
       mode = 'ExclusiveLock' as alone
     from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and objid = $1 and granted and pg_locks.database = (select oid from pg_database where datname = current_database())
     order by backend_start`,
    [SERVER_LOCK],
  );
  const [found] = rows;
  if (found === undefined) return "another mxray process uses it; try again";
  const where = `${found.place === null ? "on the same machine" : `from ${found.place}`}, since ${found.since}`;
  return found.alone
    ? `another mxray process is upgrading or moving it (${where}); wait until it is done, or name another database in DATABASE_URL`
    : `${rows.length === 1 ? "another mxray server uses" : `${rows.length} other mxray servers use`} it (${where}); stop ${rows.length === 1 ? "that server" : "them"} first, or name another database in DATABASE_URL`;
}
