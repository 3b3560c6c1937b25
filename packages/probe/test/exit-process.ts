/**
 * Probes every target of its arguments side by side, says so on stdout, one JSON line each, and then leaves on its own:
 * nothing but what a probe forgot to end keeps this process.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { parseTarget } from "@mxray/contracts";
import { localProbeRunner } from "@mxray/probe";

const [deadlineMs = "", ...targets] = process.argv.slice(2);
const runProbe = localProbeRunner();

/** Of this process, whether Node still knows of them or not. */
function sockets(): number {
  if (process.platform !== "linux") return 0;
  const names = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return names.filter((name) => name.startsWith("socket:")).length;
}

const before = sockets();
await Promise.all(
  targets.map(async (target) => {
    const parsed = parseTarget(target);
    if (!parsed.ok) throw new Error(parsed.message);
    const start = performance.now();
    const { hosts } = await runProbe({
      target: parsed.target,
      vantage: { name: "local", host: "test", version: "0" },
      deadlineMs: Number(deadlineMs),
      owner: false,
      deliverTo: "somebody@example.test",
    });
    process.stdout.write(`${JSON.stringify({ target, ms: performance.now() - start, connections: hosts[0]?.connections })}\n`);
  }),
);
process.stdout.write(`${JSON.stringify({ socketsLeft: sockets() - before })}\n`);
