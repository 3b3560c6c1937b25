/** Threads of the store that are killed: what they were asked is rejected, and they are started again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker as RealWorker } from "node:worker_threads";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openStore } from "../src/index.ts";
import { openSqlite } from "../src/sqlite/sqlite-database.ts";
import { threadedSqlite } from "../src/sqlite/threaded-sqlite.ts";

const started = vi.hoisted(() => [] as { readonly program: string; readonly worker: RealWorker }[]);
vi.mock("node:worker_threads", async (original) => {
  const threads = await original<typeof import("node:worker_threads")>();
  class Worker extends threads.Worker {
    constructor(program: URL, options: object) {
      super(program, options);
      started.push({ program: program.pathname, worker: this });
    }
  }
  return { ...threads, Worker };
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-threads-"));
  path = join(folder, "mxray.sqlite");
  started.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const threadOf = (name: string) => started.filter(({ program }) => program.endsWith(name)).at(-1)?.worker;

describe("a thread of the store that ends", () => {
  for (const [thread, program, ask] of [
    ["store", "sqlite-thread.ts", (store) => store.ping()],
    ["statistics", "log-reading-thread.ts", (store) => store.logs.worstPeers({ from: 0, to: 1 }, 1)],
  ] as const satisfies [string, string, (store: Awaited<ReturnType<typeof openStore>>) => Promise<unknown>][]) {
    it(`is started again: ${program}`, async () => {
      const news: unknown[][] = [];
      const store = await openStore({
        path,
        onThreadEnd: (name, reason) => news.push([name, reason]),
        onThreadBack: (name) => news.push([name, "back"]),
      });
      await ask(store);
      const asked = ask(store);
      await threadOf(program)?.terminate();
      // It may have answered before it was killed.
      await asked.catch((error: unknown) => expect(error).toMatchObject({ trouble: "ended" }));
      await expect(ask(store)).rejects.toMatchObject({ trouble: "ended", message: expect.stringMatching(/ended a moment ago/) });
      await expect
        .poll(
          () =>
            ask(store).then(
              () => "answers",
              () => "fails",
            ),
          { timeout: 60_000 },
        )
        .toBe("answers");
      expect(news).toEqual([
        [thread, "it ended with status 1"],
        [thread, "back"],
      ]);
      await store.close();
    });
  }

  it("takes its transaction with it, whole", async () => {
    openSqlite(path).close();
    const db = new Kysely<{ numbers: { value: number } }>({
      dialect: threadedSqlite(path),
    });
    await sql`create table numbers (value integer)`.execute(db);
    const begun = db.transaction().execute(async (transaction) => {
      await transaction.insertInto("numbers").values({ value: 1 }).execute();
      await threadOf("sqlite-thread.ts")?.terminate();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await transaction.insertInto("numbers").values({ value: 2 }).execute();
    });
    await expect(begun).rejects.toMatchObject({ trouble: "ended" });
    expect(await db.selectFrom("numbers").selectAll().execute()).toEqual([]);
    await db.destroy();
  });
});
