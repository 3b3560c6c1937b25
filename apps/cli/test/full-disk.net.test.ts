/** Commands whose data directory is on a full disk: a small file system of its own, for which one must be root. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mxray, STRANGER } from "./mxray.ts";

const disk = mkdtempSync(join(tmpdir(), "mxray-disk-"));
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).status === 0;
const FULL = /^The disk of the store \S+ has too little free space \(.*\); free some and start again, nothing is lost\.\n$/;

beforeAll(() => {
  if (!isMounted) console.log("Skipped: a tmpfs cannot be mounted here; run the tests as root.");
});
afterAll(() => {
  if (isMounted) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
});

it.skipIf(!isMounted)(
  "a running server goes on, `link` says why it cannot make one, and can when there is room",
  async () => {
    const server = spawn(STRANGER.program, ["serve", "--port", "0", "--data", join(disk, "data")], {
      stdio: ["ignore", "pipe", "inherit"],
      env: STRANGER.environment(),
    });
    const ended = once(server, "exit");
    let url = "";
    for await (const line of createInterface({ input: server.stdout })) {
      url = / listens on (\S+)/.exec(line)?.[1] ?? url;
      if (url !== "") break;
    }
    const ballast = fill();
    expect(await mxray(["link", "--data", join(disk, "data")])).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringMatching(FULL),
    });
    const elsewhere = mkdtempSync(join(tmpdir(), "mxray-backup-"));
    const backup = (to: string) => mxray(["backup", to, "--data", join(disk, "data")]);
    expect(await backup(join(disk, "copy"))).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringMatching(/^The disk of \S+copy is full: the backup needs [\d,]+ bytes\. Free some, or name another place\.\n$/),
    });
    expect(readdirSync(disk).toSorted()).toEqual(["ballast", "data"]);
    expect(await backup(join(elsewhere, "copy"))).toMatchObject({ status: 0, stderr: "" });
    rmSync(elsewhere, { recursive: true });
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    rmSync(ballast);
    expect(await mxray(["link", "--data", join(disk, "data")])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("/sign-in?token="),
    });
    server.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  },
  120_000,
);

it.skipIf(!isMounted)(
  "a server does not start there, with a sentence and status 3; nor a second time",
  async () => {
    const ballast = fill();
    for (const name of ["data", "new"]) {
      const { status, stderr } = await mxray(["serve", "--port", "0", "--data", join(disk, name)]);
      expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(FULL) });
    }
    rmSync(ballast);
  },
  120_000,
);

/** To the last byte. */
function fill(): string {
  const path = join(disk, "ballast");
  const file = openSync(path, "w");
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch {
      // No more of this size.
    }
  }
  closeSync(file);
  return path;
}
