import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStore, StoreError } from "../src/index.ts";
import { describeStore, done, hole } from "./store-suite.ts";

let folder = "";
let count = 0;
function freshPath(): string {
  count += 1;
  return join(folder, String(count), "mxray.sqlite");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-store-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeStore("SQLite in memory", () => openStore({ path: ":memory:" }));
describeStore("SQLite in a file", () => openStore({ path: freshPath() }));

it("keeps everything over a restart, and runs its migrations once", async () => {
  const path = freshPath();
  const before = await openStore({ path });
  const { id } = await before.probes.create({
    target: "example.test",
    request: { target: "example.test" },
    createdAt: "2026-03-01T10:00:00.000Z",
    previousId: null,
  });
  await before.probes.finish(id, done([hole()]));
  await before.close();
  const after = await openStore({ path });
  expect((await after.probes.get(id))?.observation?.durationMs).toBe(1234.5);
  expect((await after.findings.list({ limit: 10 })).findings).toHaveLength(1);
  await after.close();
});

it("is readable by its owner only", async () => {
  const path = freshPath();
  await (await openStore({ path })).close();
  expect((await stat(join(path, ".."))).mode & 0o077).toBe(0);
});

it("says in one sentence why it cannot be opened", async () => {
  const path = join(folder, "not-a-database");
  await writeFile(path, "this is a plain text file, long enough to be no SQLite header at all, and then some more text");
  for (const bad of [path, join(path, "below-a-file", "mxray.sqlite"), "/dev/null/mxray.sqlite"]) {
    const failure = openStore({ path: bad });
    await expect(failure, bad).rejects.toThrow(StoreError);
    await expect(failure, bad).rejects.toThrow(new RegExp(`The store ${bad.replaceAll("/", "\\/")} .*MXRAY_DATA\\.$`));
  }
});
