/** The command on a full disk and when it is asked to end, as a stranger runs it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { mxray, STRANGER } from "./mxray.ts";

test.skipIf(!existsSync("/dev/full"))("a full disk behind the output is a sentence and status 3", { timeout: 60_000 }, () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(STRANGER.program, ["--help"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
    env: STRANGER.environment(),
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(/^mxray cannot write its output: ENOSPC.*\.\n$/) });
});

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
