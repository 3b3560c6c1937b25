import { describe, expect, it } from "vitest";
import { nextRound, plannedRound, roundPutOff, watchInterval } from "../../src/watching/watch-schedule.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NOW = Date.parse("2026-03-01T10:00:00.000Z");
const CHANCES = [0, 0.25, 0.5, 0.75, 0.999_999];

describe("a watch", () => {
  it("is probed half as often for each refusal, down to once a day", () => {
    expect([0, 1, 2, 6, 7, 1000].map((refusals) => watchInterval(15 * MINUTE, refusals) / MINUTE)).toEqual([15, 30, 60, 960, 1440, 1440]);
    expect(watchInterval(DAY, 3)).toBe(DAY);
  });

  it("has its next round after an interval, a tenth less or more, evenly spread", () => {
    expect(
      CHANCES.map((chance) => (nextRound(NOW, 15 * MINUTE, chance) - NOW) / MINUTE).map((minutes) => Number(minutes.toFixed(2))),
    ).toEqual([13.5, 14.25, 15, 15.75, 16.5]);
  });

  it("makes up for no missed round, but begins one soon", () => {
    for (const missed of [0, 1, 100 * DAY]) {
      for (const chance of CHANCES) {
        const due = plannedRound(NOW - missed, NOW, 15 * MINUTE, chance);
        expect(due).toBeGreaterThanOrEqual(NOW);
        expect(due).toBeLessThanOrEqual(NOW + 1.5 * MINUTE);
      }
    }
    expect(new Set(CHANCES.map((chance) => plannedRound(0, NOW, 15 * MINUTE, chance))).size).toBe(CHANCES.length);
  });

  it("keeps a round that is to come, unless the interval was made shorter", () => {
    expect(plannedRound(NOW + 3 * MINUTE, NOW, 15 * MINUTE, 0.5)).toBe(NOW + 3 * MINUTE);
    expect(plannedRound(NOW + DAY, NOW, 15 * MINUTE, 0.5)).toBe(NOW + 15 * MINUTE);
  });

  it("is put off by half a minute at least, and never for long", () => {
    for (const chance of CHANCES) {
      expect(roundPutOff(NOW, 15 * MINUTE, chance)).toBeGreaterThanOrEqual(NOW + MINUTE / 2);
      expect(roundPutOff(NOW, DAY, chance)).toBeLessThanOrEqual(NOW + MINUTE);
    }
  });
});
