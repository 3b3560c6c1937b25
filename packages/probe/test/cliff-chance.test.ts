import { describe, expect, test } from "vitest";
import { cliffChance } from "../src/path/cliff-chance.ts";
import type { Cliff } from "../src/path/payload-ladder.ts";

const LIKELY = 1e-3;
const stop = (more: Partial<Cliff>): Cliff => ({ at: 65_536, windowClosed: false, before: { sent: 60, lost: 0 }, vain: 3, ...more });

describe("two transfers that stopped at the same byte", () => {
  test.each<[string, Partial<Cliff>, number]>([
    ["on a path that lost nothing before", {}, 0],
    ["on a path that loses a few percent", { before: { sent: 62, lost: 2 } }, 1],
    ["right away, so that hardly anything was sent before", { before: { sent: 2, lost: 0 } }, 0],
  ])("are no chance: %s", (_name, more, lost) => {
    expect(cliffChance([stop(more), stop(more)], { sent: 30, lost })).toBeLessThan(LIKELY);
  });

  test("can be chance where outages take most of what is sent", () => {
    const before = { sent: 100, lost: 45 };
    expect(cliffChance([stop({ before, vain: 4 }), stop({ before, vain: 3 })], { sent: 40, lost: 12 })).toBeGreaterThan(LIKELY);
  });

  test("are no chance where the host keeps its window closed", () => {
    expect(cliffChance([stop({ windowClosed: true }), stop({ windowClosed: true })], { sent: 10, lost: 9 })).toBe(0);
  });
});
