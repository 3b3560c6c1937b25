/** A disk that turns read-only under a running server (a file system of its own, for which one must be root), and torn writes. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mxray } from "./mxray.ts";
import { startServed, watchedTargets } from "./served.ts";

const folder = mkdtempSync(join(tmpdir(), "mxray-failing-"));
const image = join(folder, "disk.img");
const disk = join(folder, "disk");
const run = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: "utf8" }).status === 0;
const mounted = () => {
  mkdirSync(disk, { recursive: true });
  return run("truncate", "-s", "64M", image) && run("mkfs.ext4", "-q", "-F", image) && run("mount", "-o", "loop", image, disk);
};
const isMounted = mounted();

beforeAll(() => {
  if (!isMounted) console.log("Skipped: no file system can be mounted from a file here; run the tests as root.");
});
afterAll(() => {
  if (isMounted) run("umount", "-l", disk);
  rmSync(folder, { recursive: true, force: true });
});

const WATCHES = { MXRAY_WATCH_MINUTES: "1440", MXRAY_ALLOW_TARGETS: "127.0.0.0/8" };
const watch = (served: Awaited<ReturnType<typeof startServed>>, target: string) => served.send("PUT", "/api/v1/watches", { target });

it.skipIf(!isMounted)(
  "a disk that turns read-only: pages are still served, the page and the log say why nothing is stored, nothing is damaged",
  async () => {
    const data = join(disk, "data");
    const served = await startServed(data, WATCHES);
    expect((await watch(served, "127.0.0.1")).status).toBe(201);
    // The last commits may be in memory only: a disk that fails takes them along, as a power cut does.
    expect(run("sync", "-f", data)).toBe(true);
    // What a kernel does when a disk fails: it lets nobody write any more, whatever is open.
    expect(run("mount", "-o", "remount,abort", disk)).toBe(true);
    const refused = await watch(served, "127.0.0.2");
    expect([refused.status, ((await refused.json()) as { error: object }).error]).toEqual([
      503,
      { code: "store-unavailable", message: expect.stringMatching(/disk/) },
    ]);
    expect(await watchedTargets(served)).toEqual(["127.0.0.1"]);
    expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ status: "ok" });
    const problems = async () =>
      ((await (await fetch(`${served.url}/readyz`)).json()) as { problems?: { message: string }[] }).problems ?? [];
    await expect
      .poll(async () => (await problems()).map(({ message }) => message).join(), { timeout: 90_000 })
      .toMatch(/disk of the store failed/);
    expect(await served.end("SIGTERM")).toBe(0);
    expect(served.output().stderr).not.toMatch(/\n\s+at /);

    expect(run("umount", disk)).toBe(true);
    // The loop device may hold the image for a moment longer.
    await expect
      .poll(() => {
        spawnSync("e2fsck", ["-fy", image]);
        return run("mount", "-o", "loop,ro", image, disk);
      })
      .toBe(true);
    const started = await mxray(["serve", "--port", "0", "--data", data]);
    expect([started.status, started.stderr]).toEqual([
      3,
      expect.stringMatching(/^The store \S+ cannot be written \(.*read-only.*\); give .*\n$/i),
    ]);
    expect(run("umount", disk)).toBe(true);
    // Read-only as it was, if the same loop device still holds the image.
    const writable = () => run("mount", "-o", "loop", image, disk) && (run("touch", join(disk, "writable")) || !run("umount", disk));
    await expect.poll(writable).toBe(true);
    const again = await startServed(data, WATCHES);
    expect(await watchedTargets(again)).toEqual(["127.0.0.1"]);
    expect((await watch(again, "127.0.0.2")).status).toBe(201);
    expect(await again.end("SIGTERM")).toBe(0);
  },
  240_000,
);

it("a write that a power cut tore: the store is whole, and has everything up to some moment", async () => {
  const data = join(folder, "torn");
  const served = await startServed(data, WATCHES);
  const targets = Array.from({ length: 40 }, (_, index) => `127.0.0.${101 + index}`);
  for (const target of targets) expect((await watch(served, target)).status).toBe(201);
  await served.end("SIGKILL");
  const [store, log] = [join(data, "mxray.sqlite"), join(data, "mxray.sqlite-wal")];
  expect(existsSync(log)).toBe(true);
  const { size } = statSync(log);
  const kept: number[] = [];
  for (const [torn, garbage] of [
    [1, false],
    [4096, true],
    [Math.floor(size / 3), false],
    [Math.floor(size / 2), true],
  ] as const) {
    const copy = join(folder, `torn-${torn}-${garbage}`);
    mkdirSync(copy, { mode: 0o700 });
    copyFileSync(store, join(copy, "mxray.sqlite"));
    copyFileSync(log, join(copy, "mxray.sqlite-wal"));
    if (garbage) overwriteEnd(join(copy, "mxray.sqlite-wal"), torn);
    else truncateSync(join(copy, "mxray.sqlite-wal"), size - torn);
    const after = await startServed(copy, WATCHES);
    const found = await watchedTargets(after);
    expect(found).toEqual(targets.slice(0, found.length));
    kept.push(found.length);
    expect((await watch(after, "127.0.0.99")).status).toBe(201);
    expect(await after.end("SIGTERM")).toBe(0);
    const database = new DatabaseSync(join(copy, "mxray.sqlite"));
    expect(database.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    database.close();
  }
  expect(kept[0]).toBeGreaterThan(30);
  expect(kept).toEqual(kept.toSorted((a, b) => b - a));
}, 240_000);

function overwriteEnd(path: string, bytes: number): void {
  const { length } = readFileSync(path);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, length - bytes);
  closeSync(file);
}
