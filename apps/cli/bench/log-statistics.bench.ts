/**
 * What the findings of logs are worth: 3,000 simulated logs of 20 peers without a fault, and 1,000 with a black hole before one of
 * them, at each of several amounts of mail. Prints each claim above a suspicion that is wrong, with the seed of its log, and the
 * share of holes that are found.
 *
 * `npm run bench -- log-statistics [--logs N] [--holes N] [--seed S]`
 */
import { parseArgs } from "node:util";
import { recallOf, type WrongClaim, wrongClaimOf } from "./log-statistics/log-claims.ts";
import type { HoleDesign } from "./log-statistics/simulated-log.ts";

/** Claims that may be wrong, and the share that has to be found from 8 stalled and 20 delivered messages on. */
const MOST_WRONG = 3;
const LEAST_RECALL = 0.95;
/** Sizes of what stalls are known outbound only: of a client that also delivers much, eight stalled messages say less. */
const MOST_DELIVERED = { outbound: 200, inbound: 60 } as const;

const DESIGNS: readonly HoleDesign[] = (["outbound", "inbound"] as const).flatMap((direction) =>
  [
    [2, 20],
    [3, 20],
    [4, 20],
    [5, 20],
    [6, 20],
    [8, 10],
    [8, 20],
    [8, 200],
    [12, 0],
    [12, 20],
    [30, 60],
  ].map(([stalled = 0, delivered = 0]) => ({ direction, stalled, delivered })),
);

const { values } = parseArgs({
  options: {
    logs: { type: "string", default: "3000" },
    holes: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const first = Number(values.seed) * 1_000_000;
const [logs, holes] = [Number(values.logs), Number(values.holes)];

const wrong: WrongClaim[] = [];
for (let log = 0; log < logs; log += 1) {
  const claim = wrongClaimOf(first + log);
  if (claim === null) continue;
  wrong.push(claim);
  console.log(`seed ${claim.seed} (${claim.kind}): ${claim.claims.join("; ")}`);
}
console.log(`${logs} logs without a fault: ${wrong.length} with a finding above a suspicion\n`);

console.log("direction  stalled  delivered  found  likely or proven");
let short = false;
for (const design of DESIGNS) {
  const results = Array.from({ length: holes }, (_, log) => recallOf(first + log, design));
  const share = (of: "found" | "sure") => results.filter((result) => result[of]).length / holes;
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  const { direction, stalled, delivered } = design;
  console.log(
    `${direction.padEnd(9)}${String(stalled).padStart(9)}${String(delivered).padStart(11)}${percent(share("found")).padStart(9)}${percent(share("sure")).padStart(10)}`,
  );
  if (stalled >= 8 && delivered >= 20 && delivered <= MOST_DELIVERED[direction]) short ||= share("sure") < LEAST_RECALL;
}
process.exitCode = wrong.length > (MOST_WRONG * logs) / 3000 || short ? 1 : 0;
