import type { Maintenance } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { maintenanceEnd, maintenanceProblem } from "../../src/watching/maintenance.ts";

const base: Maintenance = { name: "w", targets: [], tags: ["a"], beginsAt: null, cron: null, timezone: "UTC", minutes: 120 };
const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const watch = { target: "example.test", tags: ["a", "b"] };
const end = (window: Partial<Maintenance>, now: string, of = watch) => {
  const until = maintenanceEnd([{ ...base, ...window }], of, at(now));
  return until === null ? null : new Date(until).toISOString();
};

describe("a maintenance window", () => {
  it("that is named once lasts as long as it says", () => {
    const beginsAt = "2026-03-02T10:00:00.000Z";
    expect(end({ beginsAt }, "02T09:59:59")).toBeNull();
    expect(end({ beginsAt }, "02T10:00:00")).toBe("2026-03-02T12:00:00.000Z");
    expect(end({ beginsAt }, "02T12:00:00")).toBeNull();
  });

  it("that recurs is open after each beginning, in its time zone", () => {
    const cron = "0 2 * * 2";
    expect(end({ cron }, "03T01:59:00")).toBeNull();
    expect(end({ cron }, "03T02:00:00")).toBe("2026-03-03T04:00:00.000Z");
    expect(end({ cron }, "03T03:59:59")).toBe("2026-03-03T04:00:00.000Z");
    expect(end({ cron }, "03T04:00:00")).toBeNull();
    expect(end({ cron, timezone: "Europe/Zurich" }, "03T01:30:00")).toBe("2026-03-03T03:00:00.000Z");
  });

  it("covers monitors by target or by tag", () => {
    const beginsAt = "2026-03-02T10:00:00.000Z";
    expect(end({ beginsAt }, "02T11:00:00", { target: "other.test", tags: ["b"] })).toBeNull();
    expect(end({ beginsAt, targets: ["other.test"], tags: [] }, "02T11:00:00", { target: "other.test", tags: [] })).not.toBeNull();
  });

  it("needs a beginning, a subject, and a cron expression of five fields", () => {
    expect(maintenanceProblem({ ...base, cron: "0 2 * * 2" })).toBeNull();
    for (const wrong of [{}, { cron: "0 2 * * 2", tags: [] }, { cron: "* * * * * *" }, { cron: "0 2 * * 2", timezone: "Moon/Base" }]) {
      expect(maintenanceProblem({ ...base, ...wrong })).not.toBeNull();
    }
  });
});
