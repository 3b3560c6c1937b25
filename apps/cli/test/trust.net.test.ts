/** The trust benchmark in short: no chance, policer or reordering is taken for a fault of size, and holes are found exactly. */
import { describeCapability } from "@mxray/lab";
import { beforeAll, describe, expect, test } from "vitest";
import type { TrustCase } from "../bench/trust/trust-case.ts";
import { trustDesign } from "../bench/trust/trust-design.ts";
import { runTrustCases, type TrustResult } from "../bench/trust/trust-run.ts";
import { cleanTally, holeVerdict, wrongClaim } from "../bench/trust/trust-tally.ts";

const SEED = 7;
const NETWORKS = 6;

const capability = await describeCapability([], true);

describe.skipIf(!capability.ok)("verdicts on paths of a random design", () => {
  let results: TrustResult[];
  /** Classes in which a loss, a setting or a port decides with the size are the benchmark's alone. */
  const plain = ({ class: name }: TrustCase) =>
    !["large packets lost at times", "host settings", "hashed", "reported at times"].includes(name);

  beforeAll(async () => {
    results = await runTrustCases(trustDesign(SEED, 16, 8).filter(plain), { networks: NETWORKS });
  }, 180_000);

  const ofKind = (kind: TrustCase["kind"]) => results.filter((result) => result.case.kind === kind);
  const told = (wrong: readonly TrustResult[]) =>
    wrong.map((result) => `${result.case.class}, seed ${result.case.seed}: ${JSON.stringify(wrongClaim(result))}`);

  test("every probe gives a report", () => {
    expect(results.filter(({ error }) => error !== null).map(({ case: { seed }, error }) => `${seed}: ${error}`)).toEqual([]);
  });

  test("without a fault that size decides, nothing is proven or likely", () => {
    const clean = ofKind("clean");
    expect(clean.length).toBeGreaterThan(10);
    const { worst } = cleanTally(clean);
    expect({ proven: worst.proven, likely: worst.likely }, told(clean.filter((result) => wrongClaim(result) !== null)).join("\n")).toEqual({
      proven: 0,
      likely: 0,
    });
  });

  test("holes are found with their exact size and place", () => {
    const holes = ofKind("hole");
    expect(holes.length).toBeGreaterThan(5);
    const wrong = holes.map((result) => ({ result, verdict: holeVerdict(result) })).filter(({ verdict }) => !verdict.right);
    expect(wrong.map(({ result, verdict }) => `${result.case.class}, seed ${result.case.seed}: ${verdict.why}`)).toEqual([]);
  });
});
