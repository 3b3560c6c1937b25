import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backupStore, openStore } from "../src/index.ts";
import { AT, hole, storeSteps } from "./suite-data.ts";

let folder = "";
let from = "";
let to = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-backup-"));
  from = join(folder, "mxray.sqlite");
  to = join(folder, "copy.sqlite");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const listed = async (path: string) => {
  const store = await openStore({ path });
  try {
    return (await store.probes.list({ limit: 1000 })).probes.length;
  } finally {
    await store.close();
  }
};

describe("a backup", () => {
  it("has everything of an open store, is one private file, and opens as a store", async () => {
    const store = await openStore({ path: from });
    for (let times = 0; times < 5; times += 1) await storeSteps(() => store).run([hole()], AT);
    const bytes = await backupStore(from, to);
    await store.close();
    expect((await stat(to)).size).toBe(bytes);
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.includes("copy"))).toEqual(["copy.sqlite"]);
    expect(await listed(to)).toBe(5);
  });

  it("is of one moment while another connection keeps writing", async () => {
    const store = await openStore({ path: from });
    const writer = new DatabaseSync(from, { timeout: 5000 });
    writer.exec("create table pair (a integer, b integer); insert into pair values (0, 0)");
    let [writing, rounds] = [true, 0];
    const written = (async () => {
      while (writing) {
        writer.exec("begin immediate; update pair set a = a + 1; update pair set b = b + 1; commit");
        rounds += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let times = 0; times < 20; times += 1) await backupStore(from, `${to}.${times}`);
    writing = false;
    await written;
    writer.close();
    await store.close();
    expect(rounds).toBeGreaterThan(20);
    for (let times = 0; times < 20; times += 1) {
      const copy = new DatabaseSync(`${to}.${times}`);
      const { a, b } = copy.prepare("select a, b from pair").get() as { a: number; b: number };
      copy.close();
      expect(a).toBe(b);
    }
  });

  it("overwrites nothing, whatever is there", async () => {
    await (await openStore({ path: from })).close();
    await writeFile(to, "precious");
    await expect(backupStore(from, to)).rejects.toThrow(/copy\.sqlite exists, and a backup overwrites nothing; name another file\.$/);
    await expect(backupStore(from, folder)).rejects.toThrow(/exists, and a backup overwrites nothing/);
    expect(await readFile(to, "utf8")).toBe("precious");
  });

  it("is made once where two are asked for at the same time", async () => {
    await (await openStore({ path: from })).close();
    const both = await Promise.allSettled([backupStore(from, to), backupStore(from, to)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await readdir(folder)).filter((name) => name.includes("copy"))).toEqual(["copy.sqlite"]);
    expect(await listed(to)).toBe(0);
  });

  it("is refused in one sentence where there is no store, no directory, or no database", async () => {
    await expect(backupStore(from, to)).rejects.toThrow(
      /^There is no store \S+ to back up; name its directory with --data or MXRAY_DATA\.$/,
    );
    await writeFile(from, "no database at all, but long enough to be looked at as one".repeat(100));
    await expect(backupStore(from, to)).rejects.toThrow(/is damaged or no mxray store/);
    await rm(from);
    await (await openStore({ path: from })).close();
    await expect(backupStore(from, join(folder, "nowhere", "copy"))).rejects.toThrow(/^The directory of \S+ does not exist; make it/);
    expect(await readdir(folder)).toEqual(["mxray.sqlite"]);
  });

  it("of a damaged store fails its check and leaves nothing behind", async () => {
    const store = await openStore({ path: from });
    for (let times = 0; times < 50; times += 1) await storeSteps(() => store).run([hole()], AT);
    await store.close();
    const bytes = await readFile(from);
    // Pages in the middle, as a failing disk would leave them.
    bytes.fill(0x5a, 40 * 4096, 60 * 4096);
    await writeFile(from, bytes);
    await expect(backupStore(from, to)).rejects.toThrow(/failed its check \(.+\) and was removed; the store is damaged\.$/s);
    await truncate(from, 20 * 4096);
    await expect(backupStore(from, to)).rejects.toThrow(/damaged/);
    expect((await readdir(folder)).filter((name) => !/^mxray\.sqlite(?:-wal|-shm)?$/.test(name))).toEqual([]);
  });
});
