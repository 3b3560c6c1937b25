import { expect, test } from "vitest";
import type { ObservedRung } from "../src/path/observed-rung.ts";
import { unreportedLosses } from "../src/path/unreported-losses.ts";

const observed = (size: number, outcome: ObservedRung["rung"]["outcome"], losses: number): ObservedRung => ({
  losses,
  rung: {
    connection: 1,
    size,
    unit: "packet",
    ladder: "noop",
    outcome,
    ms: 1,
    retransmits: losses,
    at: 0,
    sacked: true,
    tls: false,
    clampedMss: null,
  },
});
const facts = (family: 4 | 6, lost = 0) => ({ family, small: { sent: 20, lost } });

test.each<[string, number, ObservedRung[], number]>([
  ["the message came for the first packet, which was sent again in two pieces", 0, [observed(1500, "resized", 2)], 0],
  ["it came for the second transmission", 0, [observed(1500, "resized", 3)], 1],
  ["it came for the third packet of the search", 0, [observed(1500, "released", 3), observed(1450, "resized", 3)], 2],
  ["a jumbo packet goes in seven pieces", 0, [observed(9001, "resized", 7)], 0],
  ["what was sent again on a lossy path may have been a piece", 1, [observed(1500, "resized", 4)], 0],
  ["so it is where a packet that fits was sent again", 0, [observed(1500, "resized", 4), observed(1400, "acked", 1)], 0],
])("%s", (_name, small, rungs, expected) => {
  expect(unreportedLosses(rungs, rungs[0]?.rung.size === 9001 ? 1500 : 1400, facts(4, small))).toBe(expected);
});
