/** The command on a full disk and when it is asked to end, as a stranger runs it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, test } from "vitest";
import { mxray, STRANGER } from "./mxray.ts";

const LINE = "Nov 30 18:00:00 mx postfix/smtp[1]: connect to mx.example[192.0.2.1]:25: Connection refused\n";

describe.skipIf(!existsSync("/dev/full"))("a full disk behind the output is a sentence and status 3", () => {
  const commands = [
    ["--help"],
    ["--version"],
    ["scan", "LOG"],
    ["scan", "--json", "LOG"],
    ["scan", "--events", "LOG"],
    ["probe", "--json", "127.0.0.1:1"],
    ["lab"],
    // Its log goes there as well, and a line of it must not hold up the server.
    ["serve", "--port", "0", "--data", "DIR"],
  ];
  it.each(commands)("mxray %s %s", { timeout: 60_000 }, async (...args) => {
    const dir = await mkdtemp(join(tmpdir(), "mxray-full-"));
    const log = join(dir, "mail.log");
    await writeFile(log, LINE);
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      STRANGER.program,
      args.filter((word) => word !== undefined).map((word) => (word === "LOG" ? log : word === "DIR" ? join(dir, "data") : word)),
      { stdio: ["ignore", full, "pipe"], encoding: "utf8", env: { ...STRANGER.environment(), MXRAY_LOG: "trace" }, timeout: 150_000 },
    );
    closeSync(full);
    await rm(dir, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(/^mxray cannot write its output: ENOSPC.*\.\n$/) });
  });
});

it.skipIf(!existsSync("/proc/self")).each(["/proc/x", "/proc/self/a/b", "/dev/null/x"])(
  "a data directory that cannot be made, %s, is a sentence and status 3",
  { timeout: 60_000 },
  async (dir) => {
    const { status, stderr } = spawnSync(STRANGER.program, ["serve", "--port", "0", "--data", dir], {
      encoding: "utf8",
      env: STRANGER.environment(),
      timeout: 150_000,
    });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^The store \S+ cannot be opened \(.*\); check its disk, .*\.\n$/),
    });
    expect(await mxray(["link", "--data", dir])).toMatchObject({ status: 3, stderr: expect.stringContaining("No running server") });
  },
);

test("SIGINT that reaches the launcher alone, or it and the server, ends the server in order", { timeout: 120_000 }, async () => {
  for (const alone of [true, false]) {
    const data = await mkdtemp(join(tmpdir(), "mxray-sigint-"));
    const server = spawn(STRANGER.program, ["serve", "--port", "0", "--data", data], {
      stdio: ["ignore", "pipe", "inherit"],
      env: STRANGER.environment(),
      detached: true,
    });
    const ended = once(server, "exit");
    for await (const line of createInterface({ input: server.stdout })) if (line.includes(" listens on ")) break;
    process.kill(alone ? (server.pid ?? 0) : -(server.pid ?? 0), "SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(await mxray(["link", "--data", data])).toMatchObject({ status: 3, stderr: expect.stringContaining("No running server") });
    await rm(data, { recursive: true });
  }
});
