import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import type { NetworkNode } from "../kernel/node.ts";
import { mailServerReady } from "./mail-server.ts";

it("is stopped although it will not hear of it, and leaves a process behind that holds its pipes", async () => {
  const child = spawn("sh", ["-c", "trap '' TERM; sleep 30 & echo $!; while :; do sleep 0.2; done"]);
  // Whatever it is asked, it listens.
  const node = { name: "server", exec: async () => ({ code: 0 }) } as unknown as NetworkNode;
  const server = await mailServerReady({ node, child, directory: null, port: 25 });
  await expect.poll(server.log).toMatch(/^\d+\n/);
  const began = performance.now();
  await server.stop();
  expect(performance.now() - began).toBeLessThan(10_000);
  const left = Number((await server.log()).trim());
  // It was there all the while.
  expect(process.kill(left, "SIGKILL")).toBe(true);
});
