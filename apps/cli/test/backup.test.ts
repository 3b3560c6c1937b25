/** `mxray backup` of a running server, and the restore that docs/operating.md describes. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signIn, startServerProcess } from "../../server/test/logs/server-process.ts";
import { mxray } from "./mxray.ts";

let folder = "";
let data = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-backup-"));
  data = join(folder, "data");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Watched targets of the server on `data`, after one more was added where asked. */
async function watched(add?: string): Promise<string[]> {
  const server = await startServerProcess(data, { MXRAY_WATCH_MINUTES: "1440" });
  try {
    const headers = { ...(await signIn(server)), "content-type": "application/json" };
    if (add !== undefined) {
      const body = JSON.stringify({ target: add });
      expect((await fetch(`${server.url}/api/v1/watches`, { method: "PUT", headers, body })).status).toBe(201);
      if (add === "one.example") await backUpRunning();
    }
    const { watches } = (await (await fetch(`${server.url}/api/v1/watches`, { headers })).json()) as { watches: { target: string }[] };
    return watches.map(({ target }) => target);
  } finally {
    await server.kill("SIGKILL");
  }
}

async function backUpRunning(): Promise<void> {
  const { status, stdout, stderr } = await mxray(["backup", join(folder, "copy.sqlite"), "--data", data]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Backed up [\d,]+ bytes to \S+copy\.sqlite; the copy passed its integrity check\.\n$/);
}

describe("mxray backup", () => {
  it("copies the store of a running server; restored as the manual says, it is as it was", async () => {
    await watched("one.example");
    expect(await watched("two.example")).toEqual(["one.example", "two.example"]);
    // Killed: its write-ahead log is still there, and would be mixed into the restored store.
    expect(await readdir(data)).toContain("mxray.sqlite-wal");
    const manual = await readFile(fileURLToPath(new URL("../../../docs/operating.md", import.meta.url)), "utf8");
    const restore = /```\n(sudo systemctl stop mxray\n[\s\S]*?)```/.exec(manual)?.[1] ?? "";
    const commands = restore
      .split("\n")
      .filter((line) => line !== "" && !line.includes("systemctl"))
      .map((line) =>
        line
          .replace(/^sudo /, "")
          .replace(" -o mxray -g mxray", "")
          .replaceAll("/var/lib/mxray", data)
          .replace("BACKUP", join(folder, "copy.sqlite")),
      );
    expect(commands).toHaveLength(2);
    const { spawnSync } = await import("node:child_process");
    expect(spawnSync("sh", ["-ec", commands.join("\n")], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    expect(await watched()).toEqual(["one.example"]);
  }, 120_000);

  it("names the file after the time in a directory, also of a stopped server, and refuses in a sentence", async () => {
    await watched();
    expect(await mxray(["backup", folder, "--data", data])).toMatchObject({ status: 0 });
    const [name = ""] = (await readdir(folder)).filter((each) => each !== "data");
    expect(name).toMatch(/^mxray-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite$/);
    expect(await mxray(["backup", join(folder, name), "--data", data])).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringMatching(/exists, and a backup overwrites nothing/),
    });
    expect(await mxray(["backup", join(folder, "new"), "--data", join(folder, "nowhere")])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/There is no store/),
    });
    expect(await mxray(["backup", `${folder}/missing/`, "--data", data])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/missing/),
    });
    for (const args of [[], ["one", "two"], ["--to", "x"]]) expect(await mxray(["backup", ...args])).toMatchObject({ status: 2 });
  }, 120_000);
});
