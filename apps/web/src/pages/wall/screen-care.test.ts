import { expect, test } from "vitest";
import { pixelShift } from "./screen-care.ts";

test("the picture moves by one pixel a minute, over every place of its square", () => {
  const places = new Set<string>();
  for (let minute = 0; minute < 1000; minute += 1) {
    const here = pixelShift(minute * 60_000);
    const next = pixelShift((minute + 1) * 60_000);
    places.add(`${here.x},${here.y}`);
    expect([here, next].every(({ x, y }) => x >= 0 && x < 8 && y >= 0 && y < 8)).toBe(true);
    expect(Math.abs(next.x - here.x) + Math.abs(next.y - here.y)).toBe(1);
  }
  expect(places.size).toBe(64);
});
