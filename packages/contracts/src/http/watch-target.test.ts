import { expect, it } from "vitest";
import { watchRequestOf, watchTarget } from "./watch-target.ts";

it.each([
  ["Example.COM.", undefined, "example.com"],
  ["somebody@example.com", undefined, "example.com"],
  ["example.com", true, "example.com:25"],
  ["mx1.example.com:25", undefined, "mx1.example.com:25"],
  ["mx1.example.com:2525", true, "mx1.example.com:2525"],
  ["192.0.2.1", true, "192.0.2.1"],
  ["192.0.2.1:25", undefined, "192.0.2.1"],
  ["[2001:DB8::1]:2525", undefined, "[2001:db8::1]:2525"],
  ["2001:db8::1", undefined, "[2001:db8::1]"],
  ["no target", undefined, null],
] as const)("%s, as a host: %s, is watched as %s", (target, noMx, watched) => {
  expect(watchTarget({ target, ...(noMx === undefined ? {} : { noMx }) })).toBe(watched);
  if (watched !== null) expect(watchTarget({ target: watched })).toBe(watched);
});

it("repeats nothing of a probe that writes to anybody", () => {
  const request = {
    target: "a@example.com",
    noMx: true,
    recipient: "a@example.com",
    deliverTo: "b@example.com",
    deliverConfirmed: "b@example.com",
  };
  expect(watchRequestOf(request)).toEqual({ target: "a@example.com", noMx: true });
});
