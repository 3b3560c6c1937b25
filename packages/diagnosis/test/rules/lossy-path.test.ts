import { expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, inbound, outbound, path } from "../observation.ts";

const wayBack = inbound({
  verdict: "lossy",
  mtu: null,
  confidence: null,
  clampedMss: null,
  reason: "A TLS handshake that had stalled arrived with segments of the same size later: packets get lost at times.",
  trials: [
    { mss: null, outcome: "stalled", ms: 680, outOfOrder: 3 },
    { mss: 1360, outcome: "arrived", ms: 220, outOfOrder: 2 },
    { mss: 1460, outcome: "arrived", ms: 430, outOfOrder: 1 },
  ],
});

test("a way back that loses packets is said with its direction, blames no size, and is not healthy", () => {
  const observation = probeOf(host({ path: path({ inbound: wayBack }) }));
  expect(codesOf(observation)).toEqual(["lossy-path"]);
  const finding = findingOf(observation, "lossy-path");
  expect(finding).toMatchObject({ severity: "info", confidence: "likely" });
  expect(finding.title).toBe("Packets get lost at times on the way from mx1.example.test to us");
  expect(finding.summary).toContain("No packet size was found that is always lost on the way back.");
  expect(wordsOf(finding)).toContain("3 TLS handshakes with various limits for the host's segments: 2 completed, 1 got no answer.");
  expect(finding.evidence.some(({ data }) => data.direction === "inbound")).toBe(true);
});

test("both directions are one finding", () => {
  const observation = probeOf(host({ path: path({ outbound: outbound({ verdict: "lossy" }), inbound: wayBack }) }));
  expect(codesOf(observation)).toEqual(["lossy-path"]);
  const finding = findingOf(observation, "lossy-path");
  expect(finding.title).toContain("on the way to mx1.example.test");
  expect(finding.summary).toContain("Packets from the mail host get lost at times, too.");
  expect(finding.evidence.map(({ data }) => data.direction).filter((direction) => direction !== undefined)).toEqual([
    "outbound",
    "inbound",
  ]);
});
