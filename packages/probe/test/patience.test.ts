import { expect, test } from "vitest";
import { patienceOf } from "../src/session/patience.ts";

test("the usual deadline gives each step its usual time, and a shorter one no less", () => {
  expect(patienceOf()).toEqual({ connectMs: 8000, greetingMs: 22_000, commandMs: 15_000, endOfDataMs: 20_000 });
  expect(patienceOf(5000)).toEqual(patienceOf());
});

test("a longer deadline gives each step the time that it has more, as far as mail software waits", () => {
  expect(patienceOf(120_000)).toEqual({ connectMs: 30_000, greetingMs: 82_000, commandMs: 75_000, endOfDataMs: 80_000 });
  expect(patienceOf(3_600_000)).toEqual({ connectMs: 30_000, greetingMs: 300_000, commandMs: 300_000, endOfDataMs: 600_000 });
});
