/**
 * node-postgres behind the interface that Kysely's PostgreSQL dialect expects. One statement or transaction writes at a time, as in
 * SQLite: what a transaction has read holds until it ends, so limits are kept, a new finding is opened once, and no two writers wait
 * for each other. Readers wait for nobody.
 */
import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { cleanParameter } from "./postgres-text.ts";
import { postgresFailure } from "./postgres-trouble.ts";

/** Key of an advisory lock that each writer takes until its transaction ends; any number that nothing else in the database takes. */
const WRITER_LOCK = 7_268_301;
const BEGIN_WRITING = `begin; select pg_advisory_xact_lock(${WRITER_LOCK})`;
const READS = /^\s*(?:select|with)\b/i;
const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;

/** int8 and numeric arrive as text; counts and sums stay far below 2^53. */
const NUMBER_TYPES = [20, 1700];

/** Just-in-time compilation takes longer than any statement of the store; sets of ids are compared in memory. */
const SESSION = "-c client_min_messages=warning -c jit=off -c work_mem=64MB -c timezone=UTC";

export function postgresClientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: "mxray",
    options: SESSION,
    types: {
      getTypeParser: ((type: number, format?: "text") =>
        NUMBER_TYPES.includes(type) ? Number : pg.types.getTypeParser(type, format)) as typeof pg.types.getTypeParser,
    },
  };
}

/** @param max connections */
export function postgresPool(url: string, max: number): PostgresPool {
  const pool = new pg.Pool({ ...postgresClientConfig(url), max });
  // A lost connection fails the statement that needs it; the next one gets another.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return {
    options: pool.options,
    async connect() {
      try {
        // The other form of its method `query` takes cursors, which nothing here asks for.
        return new OneWriter(await pool.connect()) as unknown as PostgresPoolClient;
      } catch (error) {
        throw postgresFailure(error);
      }
    },
    end: () => pool.end(),
  };
}

class OneWriter {
  readonly #client: pg.PoolClient;
  #inTransaction = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> {
    try {
      return await this.#run(sql, parameters.map(cleanParameter));
    } catch (error) {
      throw postgresFailure(error);
    }
  }

  async #run(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    switch (sql) {
      case "begin":
        return await this.#begin();
      case "commit":
      case "rollback":
        this.#inTransaction = false;
        return await this.#client.query(sql);
    }
    if (this.#inTransaction || READS.test(sql)) return await this.#client.query(sql, [...parameters]);
    await this.#begin();
    try {
      const result = await this.#client.query(sql, [...parameters]);
      await this.#client.query("commit");
      return result;
    } catch (error) {
      await this.#client.query("rollback").catch(() => undefined);
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  async #begin(): Promise<pg.QueryResult> {
    try {
      const result = await this.#client.query(BEGIN_WRITING);
      this.#inTransaction = true;
      return result;
    } catch (error) {
      await this.#client.query("rollback").catch(() => undefined);
      throw error;
    }
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }
}
