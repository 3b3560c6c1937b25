import { expect, test } from "vitest";
import { fitGrid } from "./fit-grid.ts";

const TILE = { leastWidth: 18, leastHeight: 8, ratio: 2 };
const LYING = { width: 116, height: 40, gap: 1 };
const STANDING = { width: 60, height: 90, gap: 1 };

test("tiles are as large as their number allows, and never smaller than can be read", () => {
  expect(fitGrid(1, LYING, TILE)).toEqual({ columns: 1, rows: 1 });
  expect(fitGrid(2, LYING, TILE)).toEqual({ columns: 2, rows: 1 });
  expect(fitGrid(2, STANDING, TILE)).toEqual({ columns: 1, rows: 2 });
  for (const space of [LYING, STANDING]) {
    for (let count = 1; count <= 400; count += 1) {
      const { columns, rows } = fitGrid(count, space, TILE);
      const width = (space.width - space.gap * (columns - 1)) / columns;
      const height = (space.height - space.gap * (rows - 1)) / rows;
      expect(width, `${count}`).toBeGreaterThanOrEqual(TILE.leastWidth);
      expect(height, `${count}`).toBeGreaterThanOrEqual(TILE.leastHeight);
      const most = fitGrid(Number.POSITIVE_INFINITY, space, TILE);
      expect(columns * rows).toBeGreaterThanOrEqual(Math.min(count, most.columns * most.rows));
    }
  }
});

test("without room there is one tile", () => {
  expect(fitGrid(12, { width: 0, height: 0, gap: 1 }, TILE)).toEqual({ columns: 1, rows: 1 });
});
