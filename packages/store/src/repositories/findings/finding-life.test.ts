import { describe, expect, it } from "vitest";
import { type FindingLife, type LifeObservation, liveOn } from "./finding-life.ts";

const DAY = (day: number) => `2026-03-${String(day).padStart(2, "0")}T00:00:00.000Z`;
const V4 = { address: "192.0.2.1", vantage: "local" };
const V6 = { address: "2001:db8::1", vantage: "local" };
const V4_ELSEWHERE = { address: "192.0.2.1", vantage: "fra" };
const SURE = { severity: 2, confidence: 0 };
const UNSURE = { severity: 2, confidence: -1 };

interface SeenParts {
  readonly since?: number;
  readonly places?: readonly (typeof V4)[];
  readonly source?: "probe" | "log";
  readonly weight?: typeof SURE;
}

const seen = (day: number, { since = day, places = [V4], source = "probe", weight = SURE }: SeenParts = {}): LifeObservation => ({
  kind: "seen",
  source,
  now: DAY(day),
  weight,
  subjects: places.map((place) => ({ ...place, at: DAY(day), since: DAY(since) })),
});
const gone = (day: number, ...subjects: (typeof V4)[]): LifeObservation => ({ kind: "gone", at: DAY(day), by: "probe", subjects });

/** The life after these, and the changes that they made; null for what did not apply. */
function lived(...observations: LifeObservation[]) {
  let life: FindingLife | null = null;
  const changes = observations.map((observation) => {
    const next = liveOn(life, observation);
    if (next === null) return "not applied";
    life = next.life;
    return next.change;
  });
  return { ...(life as FindingLife | null), changes };
}

describe("the life of a finding", () => {
  it("begins with its earliest evidence, and keeps when it was first seen", () => {
    const life = lived(seen(5, { since: 2 }), seen(6, { since: 6 }));
    expect(life).toMatchObject({ state: "open", sinceAt: DAY(2), firstSeenAt: DAY(5), lastSeenAt: DAY(6), changes: ["opened", null] });
  });

  it("is as old as the oldest sign that it explains, but no older than its last fix", () => {
    expect(lived(seen(5), { kind: "explained", since: DAY(1) })).toMatchObject({ sinceAt: DAY(1) });
    const fixed = lived(seen(5), gone(6, V4), seen(8), { kind: "explained", since: DAY(1) });
    expect(fixed).toMatchObject({ state: "open", sinceAt: DAY(8), changes: ["opened", "fixed", "reopened", null] });
    expect(lived(seen(5), gone(6, V4), seen(8), { kind: "explained", since: DAY(7) })).toMatchObject({ sinceAt: DAY(7) });
    expect(lived(seen(5), gone(6, V4), seen(9, { since: 3 }))).toMatchObject({ sinceAt: DAY(9), firstSeenAt: DAY(5) });
  });

  it("is withdrawn when no subject is borne out any more, and opens again when it is seen", () => {
    const withdrawn = (day: number, ...subjects: (typeof V4)[]): LifeObservation => ({ kind: "withdrawn", at: DAY(day), subjects });
    expect(lived(seen(5, { places: [V4, V6] }), withdrawn(6, V4))).toMatchObject({ state: "open", changes: ["opened", null] });
    const life = lived(seen(5, { places: [V4, V6] }), withdrawn(6, V4), withdrawn(7, V6), seen(8));
    expect(life).toMatchObject({ state: "open", sinceAt: DAY(8), changes: ["opened", null, "withdrawn", "reopened"] });
    expect(lived(seen(5), gone(6, V4), withdrawn(7, V4))).toMatchObject({ changes: ["opened", "fixed", "not applied"] });
  });

  it("is fixed when all its subjects are: neither another family nor another vantage closes one's own", () => {
    const both = seen(5, { places: [V4, V6] });
    expect(lived(both, gone(6, V4))).toMatchObject({ state: "open", fixedAt: null, changes: ["opened", null] });
    expect(lived(both, gone(6, V4), gone(7, V6))).toMatchObject({ state: "fixed", fixedAt: DAY(7), fixedBy: "probe" });
    expect(lived(seen(5), gone(6, V4_ELSEWHERE))).toMatchObject({ state: "open", changes: ["opened", "not applied"] });
    expect(lived(seen(5), seen(6, { places: [V4_ELSEWHERE] }), gone(7, V4_ELSEWHERE))).toMatchObject({ state: "open" });
    expect(lived(both, gone(6, V4), seen(7), gone(8, V6))).toMatchObject({ state: "open" });
  });

  it("does not open again because a log still shows what was there before the fix; a probe that sees it opens it", () => {
    const sign = seen(5, { source: "log" });
    expect(lived(sign, gone(6, V4), sign).changes).toEqual(["opened", "fixed", "not applied"]);
    expect(lived(sign, gone(6, V4), seen(7, { source: "log", since: 5 }))).toMatchObject({ state: "open", sinceAt: DAY(7) });
    expect(lived(seen(6), gone(6, V4), seen(6)).changes).toEqual(["opened", "fixed", "reopened"]);
  });

  it("stays acknowledged while it is seen, and opens again when a person says so, beginning nothing", () => {
    expect(lived(seen(5), { kind: "acknowledged" }, seen(6, { places: [V6] })).state).toBe("acknowledged");
    const back = lived(seen(5), { kind: "acknowledged" }, { kind: "reopened", at: DAY(7) });
    expect(back).toMatchObject({ state: "open", sinceAt: DAY(5), changes: ["opened", "acknowledged", "reopened"] });
    expect(lived(seen(5), gone(6, V4), { kind: "acknowledged" }).changes.at(-1)).toBe("not applied");
    expect(lived(seen(5), gone(6, V4), { kind: "reopened", at: DAY(7) })).toMatchObject({ state: "open", sinceAt: DAY(7), fixedAt: null });
  });

  it("stays dismissed until it gets worse, a subject joins, or a person undoes it", () => {
    const dismissed: LifeObservation[] = [seen(5, { weight: UNSURE }), { kind: "dismissed" }];
    expect(lived(...dismissed, seen(6, { weight: UNSURE })).state).toBe("dismissed");
    expect(lived(...dismissed, seen(6, { weight: SURE })).changes).toEqual(["opened", "dismissed", "reopened"]);
    expect(lived(...dismissed, seen(6, { weight: UNSURE, places: [V6] })).state).toBe("open");
    expect(lived(...dismissed, { kind: "reopened", at: DAY(6) })).toMatchObject({ state: "open", sinceAt: DAY(5) });
    expect(lived(...dismissed, gone(6, V4)).state).toBe("fixed");
    expect(lived(...dismissed, { kind: "dismissed" }).changes.at(-1)).toBe("not applied");
  });
});
