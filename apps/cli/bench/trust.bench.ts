/**
 * What the verdicts are worth: `mxray probe` over 500 clean paths and 300 holes of a random design, in networks of the lab.
 * Prints for each class what was claimed and how surely, and every wrong verdict with the seed that makes its case again.
 *
 * `npm run bench -- trust [--count N] [--seed S] [--networks K] [--case SEED]`: N cases of the 800 (default all, in about an
 * hour on two cores), K networks at a time (default 8), or one case alone with all that it reported. Needs root.
 */
import { parseArgs } from "node:util";
import { describeCapability } from "@mxray/lab";
import { trustDesign } from "./trust/trust-design.ts";
import { connectionsOf, isLate, runTrustCases, type TrustResult } from "./trust/trust-run.ts";
import { cleanTable, holeTable, holeVerdict, median, wrongClaim } from "./trust/trust-tally.ts";

const CLEAN = 500;
const HOLES = 300;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: `${CLEAN + HOLES}` },
    seed: { type: "string", default: "1" },
    networks: { type: "string", default: "8" },
    case: { type: "string" },
  },
});
const capability = await describeCapability([], true);
if (!capability.ok) {
  console.log(`Skipped: ${capability.reason} ${capability.remedy}`);
  process.exit(0);
}
const count = Number(values.count);
const seed = Number(values.seed);
const clean = Math.round((count * CLEAN) / (CLEAN + HOLES));
const all = trustDesign(seed, values.case === undefined ? clean : CLEAN, values.case === undefined ? count - clean : HOLES);
const cases = values.case === undefined ? all : all.filter((one) => one.seed === Number(values.case));

const began = performance.now();
let done = 0;
const results = await runTrustCases(cases, {
  networks: Number(values.networks),
  onResult: (result) => {
    done += 1;
    const wrong = wrongText(result);
    if (wrong !== null)
      console.log(`${result.case.class}, seed ${result.case.seed}, IPv${result.case.family}, ${result.seconds} s: ${wrong}`);
    else if (done % 50 === 0) console.log(`${done} of ${cases.length} after ${Math.round((performance.now() - began) / 60_000)} min`);
  },
});
if (values.case !== undefined) {
  for (const { case: one, report } of results) {
    console.log(JSON.stringify(one, null, 1));
    console.log(JSON.stringify(report, null, 1));
  }
}
const ofKind = (kind: "clean" | "hole") => results.filter((result) => result.case.kind === kind);
console.log(
  `\nseed ${seed}, ${cases.length} cases, ${values.networks} networks at a time, ${Math.round((performance.now() - began) / 1000)} s\n`,
);
console.log(`${cleanTable(ofKind("clean"))}\n`);
console.log(holeTable(ofKind("hole")));
console.log(
  `\nclean paths: median ${median(ofKind("clean").map(({ seconds }) => seconds))} s, longest ${Math.max(0, ...ofKind("clean").map(({ seconds }) => seconds))} s, most connections ${Math.max(0, ...ofKind("clean").map(connectionsOf))}; ${results.filter(isLate).length} of all went on after their deadline`,
);

/** What is wrong with it, for a line of its own; null where nothing is. */
function wrongText(result: TrustResult): string | null {
  if (result.error !== null) return result.error;
  if (isLate(result)) return "went on after its deadline";
  if (result.case.kind === "hole") {
    const verdict = holeVerdict(result);
    return verdict.right ? null : verdict.why;
  }
  const claim = wrongClaim(result);
  return claim === null ? null : `${claim.code} ${claim.confidence}`;
}
