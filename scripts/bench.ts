/**
 * `npm run bench [WORD…] [-- OPTION…]`: every benchmark, or those with one of the words in their path, one after the other.
 * Each prints its own figures, as ratios to something measured in the same run: machines differ, ratios less so. All that
 * begins with the first option goes to each.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith("-"));
const words = firstOption === -1 ? given : given.slice(0, firstOption);
const options = firstOption === -1 ? [] : given.slice(firstOption);
const benches = globSync("{packages,apps}/*/bench/*.bench.ts", { cwd: root }).sort();
const chosen = words.length === 0 ? benches : benches.filter((path) => words.some((word) => path.includes(word)));
if (chosen.length === 0) {
  console.error(`No benchmark has '${words.join("' or '")}' in its path; there are ${benches.join(", ")}.`);
  process.exit(2);
}
const failed = chosen.filter((path) => {
  console.log(`\n── ${path}`);
  return spawnSync(process.execPath, [path, ...options], { cwd: root, stdio: "inherit" }).status !== 0;
});
for (const path of failed) console.error(`${path} failed.`);
process.exitCode = failed.length === 0 ? 0 : 1;
