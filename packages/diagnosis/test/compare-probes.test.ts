import { compareProbes } from "@mxray/diagnosis";
import { expect, it } from "vitest";
import { HOLE, hostOf, reportOf, rung } from "./observation.ts";

it("a hole that was mended: fixed, with what arrives now in words", () => {
  const comparison = compareProbes(reportOf([hostOf(HOLE)]), reportOf([hostOf()], { startedAt: "2026-03-02T10:00:00.000Z" }));
  expect(comparison).toMatchObject({
    before: { startedAt: "2026-01-02T03:04:05.000Z", verdict: { code: "pmtu-black-hole" } },
    after: { startedAt: "2026-03-02T10:00:00.000Z", verdict: { code: "healthy" } },
    findings: [{ code: "pmtu-black-hole", fate: "fixed", reason: null }],
    hosts: [
      {
        before: { verdict: { code: "pmtu-black-hole" }, outbound: { verdict: "black-hole", mtu: 1400 } },
        after: { outbound: { verdict: "clear", mtu: 1500, confidence: "proven" } },
        changes: ["Packets of 1401 to 1500 bytes arrive now.", "NOOP ladder: hung before, ok now."],
      },
    ],
  });
  expect(comparison.hosts[0]?.before?.stages.map(({ stage }) => stage)).not.toContain("end-of-data");
});

it("a hole that is still there, and a new one on the way back", () => {
  const after = reportOf([hostOf({ ...HOLE, inbound: { verdict: "black-hole", mtu: 1300 } })]);
  const { findings, hosts } = compareProbes(reportOf([hostOf(HOLE)]), after);
  expect(findings.map(({ code, fate }) => [code, fate])).toEqual([
    ["pmtu-black-hole", "remains"],
    ["pmtu-black-hole-inbound", "new"],
  ]);
  expect(hosts[0]?.changes).toEqual(["The host's packets of more than 1300 bytes are lost now."]);
});

it("what this machine remembers of the path proves nothing, and that is said", () => {
  const remembers = hostOf({ outbound: { verdict: "pmtud-works", mtu: 1400, confidence: "likely", limitedBy: "cached-mtu" } });
  const { findings, hosts } = compareProbes(reportOf([hostOf(HOLE)]), reportOf([remembers]));
  expect(findings).toMatchObject([{ fate: "unproven", reason: expect.stringContaining("remembers a path MTU of 1400 bytes") }]);
  expect(hosts[0]?.changes).not.toContainEqual(expect.stringContaining("bytes"));
});

it("a hole avoided by smaller segments is told from one that was mended", () => {
  const smaller = hostOf({ outbound: { mtu: 1400, limitedBy: "peer-mss" } });
  const { findings, hosts } = compareProbes(reportOf([hostOf(HOLE)]), reportOf([smaller]));
  expect(findings).toMatchObject([{ fate: "fixed" }]);
  expect(hosts[0]?.changes[0]).toContain("asks for segments that fit");
});

it("hosts that came and went stand beside the others", () => {
  const there = hostOf({ host: { address: "192.0.2.26" } });
  const { findings, hosts } = compareProbes(reportOf([hostOf(HOLE)]), reportOf([there]));
  expect(findings).toMatchObject([{ fate: "unproven", reason: "203.0.113.25 was not among the hosts of this probe." }]);
  expect(hosts).toMatchObject([
    { address: "203.0.113.25", after: null, changes: ["This host is not there any more."] },
    { address: "192.0.2.26", before: null, changes: ["This host was not there before."] },
  ]);
});

it("the sizes that arrived stand beside one another, of each direction; what ended a connection is left out", () => {
  const before = hostOf({
    ...HOLE,
    outbound: { ...HOLE.outbound, rungs: [rung(1401, "released"), rung(1400, "acked"), rung(1500, "reset")] },
  });
  const after = hostOf({
    outbound: { rungs: [rung(1500, "acked"), rung(1500, "stalled")] },
    inbound: { trials: [{ mss: 1300, outcome: "arrived", ms: 1, outOfOrder: 0 }] },
  });
  const [host] = compareProbes(reportOf([before]), reportOf([after])).hosts;
  expect(host?.before?.outbound.sizes).toEqual([
    { bytes: 1400, arrived: true, lost: false },
    { bytes: 1401, arrived: false, lost: true },
  ]);
  expect(host?.after?.outbound.sizes).toEqual([{ bytes: 1500, arrived: true, lost: true }]);
  expect(host?.after?.inbound.sizes).toEqual([{ bytes: 1340, arrived: true, lost: false }]);
});
