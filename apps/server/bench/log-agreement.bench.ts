/**
 * Random logs, each read in one go and followed in batches through a store: statistics and findings must be equal.
 * `--logs=N` takes another number than 10,000.
 */
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { openStore } from "@mxray/store";
import { randomNumbers } from "../../../packages/maillog/bench/realistic-log.ts";
import { agreementOf, followed, scanned } from "../test/logs/log-agreement.ts";
import { RandomLog } from "../test/logs/random-log.ts";

const wanted = Number(/--logs=(\d+)/.exec(process.argv.join(" "))?.[1] ?? 10_000);
const sums = { lines: 0, peers: 0, findings: 0, different: 0 };
for (let seed = 0; seed < wanted; seed += 1) {
  const random = randomNumbers(seed);
  const log = Buffer.from(new RandomLog(random).text());
  const store = await openStore({ path: ":memory:" });
  const stored = agreementOf(await followed(store, log, { random, batch: 1500 }));
  await store.close();
  const read = agreementOf(scanned(log));
  sums.lines += log.toString("latin1").split("\n").length - 1;
  sums.peers += read.statistics.peers.length;
  sums.findings += read.findings.length;
  if (isDeepStrictEqual(stored, read)) continue;
  sums.different += 1;
  console.error(`Log ${seed} differs: followed, then read in one go: ${differenceOf(stored, read)}`);
}
console.log(`${wanted} logs, ${sums.lines} lines, ${sums.peers} peers, ${sums.findings} findings: ${sums.different} differ`);
process.exitCode = sums.different === 0 ? 0 : 1;

/** The first place, with both values. */
function differenceOf(a: unknown, b: unknown, path = ""): string | null {
  if (isDeepStrictEqual(a, b)) return null;
  const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (!isTree(a) || !isTree(b)) return `${path}: ${JSON.stringify(a)}, ${JSON.stringify(b)}`;
  for (const key of Object.keys({ ...a, ...b })) {
    const difference = differenceOf(a[key], b[key], `${path}/${key}`);
    if (difference !== null) return difference;
  }
  return path;
}
