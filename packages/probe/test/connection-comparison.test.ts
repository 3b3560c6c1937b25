import type { Rung } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { compareConnections, comparisonConfidence } from "../src/path/connection-comparison.ts";

const rung = (connection: number, outcome: Rung["outcome"], sacked: boolean): Rung => ({
  connection,
  size: 1500,
  unit: "packet",
  ladder: "noop",
  outcome,
  ms: 1,
  retransmits: 0,
  at: 0,
  sacked,
  tls: false,
  clampedMss: null,
});
const arrivals = [1, 2, 3, 4, 5].flatMap((connection) => new Array<Rung>(4).fill(rung(connection, "acked", false)));
const losses = (sacked: boolean) => [6, 7].flatMap((connection) => new Array<Rung>(2).fill(rung(connection, "released", sacked)));

describe("two connections of seven lose every full-size packet", () => {
  test("while small ones arrive: they go another way", () => {
    const comparison = compareConnections([...arrivals, ...losses(true)], 1500);
    expect(comparison).toMatchObject({ differ: true, lossy: [6, 7], clear: [1, 2, 3, 4, 5], lost: 4 });
    expect(comparisonConfidence(comparison, { hole: null, small: { sent: 150, lost: 0 } })).toBe("proven");
  });

  test("which chance does where it takes a quarter of all packets", () => {
    const comparison = compareConnections([...arrivals, ...losses(true).slice(0, 2)], 1500);
    expect(comparison).toMatchObject({ differ: true, lost: 2 });
    expect(comparisonConfidence(comparison, { hole: null, small: { sent: 150, lost: 38 } })).toBe("suspected");
    const more = compareConnections([...arrivals, ...losses(true)], 1500);
    expect(comparisonConfidence(more, { hole: null, small: { sent: 150, lost: 38 } })).not.toBe("proven");
  });

  test("and small ones with them: outages do that", () => {
    const comparison = compareConnections([...arrivals, ...losses(false)], 1500);
    expect(comparison).toMatchObject({ differ: false, lossy: [], lost: 0 });
  });
});
