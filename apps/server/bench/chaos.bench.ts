/**
 * A server under random acts and troubles: `--minutes=N` (5) or `--seconds=N`, `--seed=N` (random). With `--log`, the server's log follows. Prints its figures and every promise
 * that was not kept; as root, and with Debian's package faketime, all of them can be tried.
 */
import { type ChaosFigures, runChaos } from "./chaos/chaos-run.ts";

const option = (name: string) => {
  const found = new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1];
  return found === undefined ? null : Number(found);
};
const seconds = option("seconds") ?? (option("minutes") ?? 5) * 60;
const seed = option("seed") ?? Math.floor(Math.random() * 2 ** 31);
console.log(`${seconds} s, --seed=${seed}`);
const figures = await runChaos({ seconds, seed, onProgress: (line) => console.log(line) });
print(figures);
if (process.argv.includes("--log")) console.log(figures.log);
process.exitCode = figures.ledger.violations.length === 0 ? 0 : 1;

function print({ ledger, starts, longestStartMs, refusedStarts, lines, messages, memory, leftOut }: ChaosFigures): void {
  const list = (counts: ReadonlyMap<string | number, number>) => [...counts].map(([what, count]) => `${what}: ${count}`).join(", ");
  console.log(`acts and troubles: ${list(ledger.acts)}`);
  console.log(`answers by status: ${list(ledger.statuses)}; the slowest took ${(ledger.slowestAnswerMs / 1000).toFixed(1)} s`);
  console.log(`${starts} starts, the longest took ${(longestStartMs / 1000).toFixed(1)} s`);
  for (const [message, count] of refusedStarts) console.log(`refused ${count} times: ${message}`);
  console.log(`${ledger.probes.size} probes accepted, ${ledger.notes.length} notes, ${ledger.links.length} links, ${lines} lines followed`);
  console.log(`${ledger.deliveries.size} delivery tests asked for, ${messages} messages delivered`);
  console.log(
    `calm part: ${memory.begin.toFixed(0)} MB lived at its begin, ${memory.end.toFixed(0)} MB at its end; the process took ${memory.resident.toFixed(0)} MB`,
  );
  for (const what of leftOut) console.log(`left out: ${what}`);
  for (const violation of ledger.violations) console.error(`NOT KEPT: ${violation}`);
  console.log(`${ledger.violations.length} promises not kept`);
}
