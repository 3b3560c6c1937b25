/** How long passwords hold up the event loop: its delay while 64 are hashed, beside its delay while nothing happens for as long. */
import { argon2Sync } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { verifyPassword } from "../src/access/password.ts";

const HASHES = 64;
const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, nonce: Buffer.alloc(16), tagLength: 32 };

await verifyPassword(null, "warm up");
const from = performance.now();
argon2Sync("argon2id", { message: "a password", ...cost });
const oneMs = performance.now() - from;
const { ms, delay: hashing } = await delayOf(() => Promise.all(Array.from({ length: HASHES }, () => verifyPassword(null, "a password"))));
const { delay: idle } = await delayOf(() => pause(ms));
console.log(`one hash in the loop ${oneMs.toFixed(0)} ms; ${HASHES} beside it took ${ms.toFixed(0)} ms`);
console.log(`delay of the loop, ms (median / 99 % / longest): hashing ${shown(hashing)}; idle ${shown(idle)}`);
const ratio = (percentile: number) => (hashing.percentile(percentile) / idle.percentile(percentile)).toFixed(2);
console.log(`hashing against idle: median ${ratio(50)}, 99 % ${ratio(99)}, longest ${(hashing.max / idle.max).toFixed(2)}`);

async function delayOf(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begun = performance.now();
  delay.enable();
  await work();
  delay.disable();
  return { ms: performance.now() - begun, delay };
}

function shown(delay: ReturnType<typeof monitorEventLoopDelay>): string {
  return [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(1)).join(" / ");
}
