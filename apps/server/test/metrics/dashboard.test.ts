import { Compile } from "typebox/compile";
import { expect, it } from "vitest";
import { DASHBOARD, Dashboard, dashboardQueries } from "./dashboard.ts";

it("is a dashboard as Grafana reads it", () => {
  expect(Compile(Dashboard).Errors(DASHBOARD)).toEqual([]);
  expect(dashboardQueries(DASHBOARD).join()).not.toContain("$");
});

it("has panels that do not cover each other, each with an id of its own", () => {
  const { panels } = DASHBOARD;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const covered = new Set<string>();
  for (const { title, gridPos } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(covered.has(`${x} ${y}`), title).toBe(false);
        covered.add(`${x} ${y}`);
      }
    }
  }
});
