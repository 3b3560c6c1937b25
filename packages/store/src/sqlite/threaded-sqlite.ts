/**
 * SQLite in a thread of its own, as a dialect of Kysely. node:sqlite holds up the thread that calls it: while a statement runs,
 * while a checkpoint is written, and for seconds where another connection writes. Of all that the server's own thread notices
 * nothing but that its answer comes later.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
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

export interface StatementRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type StatementAnswer =
  | { readonly id: number; readonly rows: readonly unknown[]; readonly changes: number | bigint }
  /** Of a statement that failed. */
  | { readonly id: number; readonly error: string; readonly trouble: StoreTrouble };

/** @param path a file that is a database already */
export function threadedSqlite(path: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadedSqlite(path),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

interface Waiting {
  readonly resolve: (answer: StatementAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection: who wants it waits until it was given back. */
class ThreadedSqlite implements Driver, DatabaseConnection {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #count = 0;
  #free: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    const thread = new Worker(new URL("sqlite-thread.ts", import.meta.url), { workerData: this.#path, execArgv: [] });
    thread.unref();
    thread.on("message", (answer: StatementAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) thread.unref();
    });
    thread.on("error", (error) => this.#ended(error));
    thread.on("exit", () => this.#ended(new StoreError("The store was closed.")));
    this.#thread = thread;
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
    this.#release();
  }

  async executeQuery<R>({ sql, parameters }: Pick<CompiledQuery, "sql" | "parameters">): Promise<QueryResult<R>> {
    const answer = await this.#ask(sql, parameters);
    if ("error" in answer) throw new StoreError(answer.error, answer.trouble);
    return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it, nobody else does.
  async *streamQuery(): AsyncGenerator<never, void> {
    throw new StoreError("Rows of this store come all at once.");
  }

  async beginTransaction(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    const ended = once(thread, "exit");
    thread.ref();
    thread.postMessage(null);
    await ended;
  }

  #ask(sql: string, parameters: readonly unknown[]): Promise<StatementAnswer> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      const thread = this.#thread;
      if (thread === null) return reject(new StoreError("The store was closed."));
      this.#waiting.set(id, { resolve, reject });
      thread.ref();
      thread.postMessage({ id, sql, parameters } satisfies StatementRequest);
    });
  }

  #ended(error: unknown): void {
    this.#thread = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
