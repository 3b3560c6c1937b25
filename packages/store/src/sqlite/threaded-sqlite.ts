/**
 * SQLite in a thread of its own, as a dialect of Kysely. node:sqlite holds up the thread that calls it: while a statement runs,
 * while a checkpoint is written, and for seconds where another connection writes. Of all that the server's own thread notices
 * nothing but that its answer comes later.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { StoreError, type StoreTrouble } from "../store-error.ts";
import { AskedThread, type AskedThreadOptions } from "./asked-thread.ts";

export interface StatementRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type StatementAnswer =
  | { readonly id: number; readonly rows: readonly unknown[]; readonly changes: number | bigint }
  /** Of a statement that failed. */
  | { readonly id: number; readonly error: string; readonly trouble: StoreTrouble };

export type ThreadNews = Pick<AskedThreadOptions, "onEnd" | "onBack">;

/** @param path a file that is a database already */
export function threadedSqlite(path: string, news: ThreadNews = {}): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadedSqlite(path, news),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** One connection: who wants it waits until it was given back. */
class ThreadedSqlite implements Driver, DatabaseConnection {
  readonly #thread: AskedThread<Omit<StatementRequest, "id">, StatementAnswer>;
  #free: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  /** Ends of the thread before the transaction that is open; null where none is. */
  #began: number | null = null;

  constructor(path: string, news: ThreadNews) {
    const program = new URL("sqlite-thread.ts", import.meta.url);
    this.#thread = new AskedThread({ program, workerData: path, name: "The thread of the store", ...news });
  }

  async init(): Promise<void> {
    this.#thread.start();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#free;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#free = promise;
    await before;
    this.#release = resolve;
    return this;
  }

  async releaseConnection(): Promise<void> {
    this.#began = null;
    this.#release();
  }

  async executeQuery<R>({ sql, parameters }: Pick<CompiledQuery, "sql" | "parameters">): Promise<QueryResult<R>> {
    // The rest of a transaction must not run outside of it, on the thread that came after.
    if (this.#isLost())
      throw new StoreError("The thread of the store ended within a transaction; the transaction was rolled back.", "ended");
    const answer = await this.#thread.ask({ sql, parameters });
    if ("error" in answer) throw new StoreError(answer.error, answer.trouble);
    return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it, nobody else does.
  async *streamQuery(): AsyncGenerator<never, void> {
    throw new StoreError("Rows of this store come all at once.");
  }

  async beginTransaction(): Promise<void> {
    const { ends } = this.#thread;
    await this.executeQuery(CompiledQuery.raw("begin"));
    this.#began = ends;
  }

  async commitTransaction(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(): Promise<void> {
    // SQLite rolled back what was open when its thread ended.
    if (!this.#isLost()) await this.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    await this.#thread.close();
  }

  #isLost(): boolean {
    return this.#began !== null && this.#began !== this.#thread.ends;
  }
}
