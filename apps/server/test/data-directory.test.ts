import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DataDirectory, urlOfServer } from "../src/data-directory.ts";

const HOLDER = fileURLToPath(new URL("directory-holder.ts", import.meta.url));

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "mxray-data-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Another process that has taken the directory. */
async function otherServer(url: string) {
  const child = fork(HOLDER, [dir, url], { execArgv: [] });
  await once(child, "message");
  return {
    pid: child.pid,
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

it("A directory is taken once; the second server says who has it, and a kill frees it", async () => {
  const first = await otherServer("http://localhost:8425");
  await expect(DataDirectory.claim(dir)).rejects.toMatchObject({
    kind: "cannot-run",
    message: `${dir} is in use by the mxray server at http://localhost:8425 (process ${first.pid}). Stop that server, or choose another directory with --data or MXRAY_DATA.`,
  });
  expect(await urlOfServer(dir)).toBe("http://localhost:8425");
  await first.kill();
  // The note is still there, and names a server that is gone.
  expect(await readdir(dir)).toContain("running.json");
  await expect(urlOfServer(dir)).rejects.toThrow("No running server keeps its data in");
  const second = await DataDirectory.claim(dir);
  await expect(urlOfServer(dir)).rejects.toThrow("is starting");
  await second.announce("http://localhost:8500", null);
  expect(await urlOfServer(dir)).toBe("http://localhost:8500");
  await second.release();
  expect(await readdir(dir)).toEqual(["server.lock"]);
});

it("Within one process, too, and a look does not take it", async () => {
  const first = await DataDirectory.claim(dir);
  await expect(DataDirectory.claim(dir)).rejects.toThrow("another mxray server, which is starting");
  await first.release();
  await expect(urlOfServer(dir)).rejects.toThrow("No running server");
  await (await DataDirectory.claim(dir)).release();
});

it("A process id is never believed, and a note of someone else stays", async () => {
  const note = JSON.stringify({ id: "other", pid: process.pid, url: "http://localhost:1", startedAt: "2026-03-01T10:00:00.000Z" });
  await writeFile(join(dir, "running.json"), note);
  await expect(urlOfServer(dir)).rejects.toThrow("No running server");
  const directory = await DataDirectory.claim(dir);
  await writeFile(join(dir, "running.json"), note);
  await directory.release();
  expect(await readdir(dir)).toContain("running.json");
});

it("A directory that cannot be made is a sentence", async () => {
  await expect(DataDirectory.claim("/dev/null/data")).rejects.toMatchObject({
    kind: "cannot-run",
    message: expect.stringContaining("/dev/null"),
  });
});
