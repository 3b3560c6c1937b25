import type { FindingSummary, PeerProbe } from "@mxray/contracts";
import { expect, test } from "vitest";
import { peerLanes } from "./peer-lanes.ts";

const finding = (id: string, more: Partial<FindingSummary>) =>
  ({
    id,
    code: "smtp-fixup",
    severity: "warning",
    state: "open",
    title: id,
    sinceAt: "2026-11-28T09:00:00.000Z",
    fixedAt: null,
    ...more,
  }) as FindingSummary;
const probe = (probeId: string, at: string, more: Partial<PeerProbe> = {}) =>
  ({ probeId, at, address: "192.0.2.1", verdict: null, outbound: { verdict: "clear", mtu: 1500 }, ...more }) as PeerProbe;

test("a finding lasts from its first evidence to its fix; what is open comes first, what was dismissed not at all", () => {
  const { findings, leftOut } = peerLanes(
    [
      finding("fixed", { state: "fixed", sinceAt: "2026-11-01T00:00:00.000Z", fixedAt: "2026-11-02T00:00:00.000Z" }),
      finding("late", {}),
      finding("early", { sinceAt: "2026-11-27T00:00:00.000Z", code: "pmtu-black-hole", severity: "critical" }),
      finding("gone", { state: "dismissed" }),
    ],
    [],
  );
  expect(findings.map(({ id, tone, to }) => [id, tone, to])).toEqual([
    ["early", "bad", null],
    ["late", "warn", null],
    ["fixed", "warn", Date.parse("2026-11-02T00:00:00.000Z")],
  ]);
  expect(leftOut).toBe(0);
});

test("of many findings the first few have a lane, and the others are counted", () => {
  const { findings, leftOut } = peerLanes(
    Array.from({ length: 7 }, (_, index) => finding(String(index), {})),
    [],
  );
  expect([findings.length, leftOut]).toEqual([4, 3]);
});

test("probes are marks in order of time, of the colour of what they found or of their path", () => {
  const { probes } = peerLanes(
    [],
    [
      probe("third", "2026-11-29T10:00:00.000Z", { outbound: { verdict: "inconclusive", mtu: null } }),
      probe("second", "2026-11-28T10:00:00.000Z"),
      probe("first", "2026-11-27T10:00:00.000Z", {
        verdict: { code: "pmtu-black-hole", severity: "critical", confidence: "proven", title: "lost" } as PeerProbe["verdict"],
      }),
    ],
  );
  expect(probes.map(({ probeId, tone }) => [probeId, tone])).toEqual([
    ["first", "bad"],
    ["second", "ok"],
    ["third", "info"],
  ]);
});
