import { describe, expect, it } from "vitest";
import { parseLogView, queryOfView } from "./log-view.ts";

describe("parseLogView", () => {
  it("takes what is valid, and leaves out the rest", () => {
    expect(parseLogView({ range: "week", direction: "inbound", peer: "mx.example", stage: "body" })).toEqual({
      range: "week",
      direction: "inbound",
      peer: "mx.example",
      stage: "body",
    });
    expect(parseLogView({ range: "century", direction: "up", stage: "<b>", peer: " ", from: "x", to: 7 })).toEqual({});
    expect(parseLogView({ peer: 1234 })).toEqual({ peer: "1234" });
    expect(parseLogView({ peer: "x".repeat(256) })).toEqual({});
  });

  it("takes two times in their order only", () => {
    const [from, to] = ["2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"];
    expect(parseLogView({ from, to })).toEqual({ from, to });
    expect(parseLogView({ from: to, to: from })).toEqual({});
    expect(parseLogView({ from })).toEqual({});
  });
});

describe("queryOfView", () => {
  it("counts a range back from now, and leaves two times as they are", () => {
    const now = Date.parse("2026-03-01T12:00:30Z");
    expect(queryOfView({ peer: "a" }, now)).toEqual({ from: "2026-02-28T12:02:00.000Z", to: "2026-03-01T12:02:00.000Z", peer: "a" });
    expect(queryOfView({ range: "hour" }, now).from).toBe("2026-03-01T11:02:00.000Z");
    expect(queryOfView({ range: "hour", from: "a", to: "b" }, now)).toEqual({ from: "a", to: "b" });
  });
});
