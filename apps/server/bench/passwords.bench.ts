/**
 * How long passwords hold up the event loop: its delay while 16 are hashed, and while nothing happens for as long, in turns, so that
 * what other programs of the machine do is in both.
 */
import { argon2Sync } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { verifyPassword } from "../src/access/password.ts";

type Delay = ReturnType<typeof monitorEventLoopDelay>;

const HASHES = 16;
const ROUNDS = 9;
const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, nonce: Buffer.alloc(16), tagLength: 32 };

await verifyPassword(null, "warm up");
const from = performance.now();
argon2Sync("argon2id", { message: "a password", ...cost });
const oneMs = performance.now() - from;
const hashing: Delay[] = [];
const idle: Delay[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const { ms, delay } = await delayOf(() => Promise.all(Array.from({ length: HASHES }, () => verifyPassword(null, "a password"))));
  hashing.push(delay);
  idle.push((await delayOf(() => pause(ms))).delay);
}
console.log(`one hash in the loop ${oneMs.toFixed(0)} ms; ${ROUNDS} rounds of ${HASHES} beside it, and as much time without`);
console.log("delay of the loop, ms (median / 99 % / longest), each the median of the rounds:");
console.log(`  hashing ${shown(hashing)}; longest of all ${longest(hashing)}`);
console.log(`  idle    ${shown(idle)}; longest of all ${longest(idle)}`);

async function delayOf(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begun = performance.now();
  delay.enable();
  await work();
  delay.disable();
  return { ms: performance.now() - begun, delay };
}

function shown(delays: readonly Delay[]): string {
  const middle = (of: (delay: Delay) => number) => delays.map(of).toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.NaN;
  return [(one: Delay) => one.percentile(50), (one: Delay) => one.percentile(99), (one: Delay) => one.max]
    .map((of) => (middle(of) / 1e6).toFixed(1))
    .join(" / ");
}

function longest(delays: readonly Delay[]): string {
  return (Math.max(...delays.map(({ max }) => max)) / 1e6).toFixed(1);
}
