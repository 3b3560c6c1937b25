import { expect, test } from "vitest";
import { isQueueId } from "./queue-id.ts";

test.each([
  ["4F1A2B3C4D", true],
  ["3Pt2mN2VXxznjll", true],
  ["16ZCW1-0005MB-00", true],
  ["10HmaX-000000005vi-0000", true],
  ["NOQUEUE", false],
  ["example.com", false],
  ["mx1", false],
  ["4f1a2b3c4d", false],
  ["", false],
])("%s: %s", (text, is) => {
  expect(isQueueId(text)).toBe(is);
});
