import { FINDING_CODES, type Finding, type FindingCode } from "@mxray/contracts";
import { provesGone } from "@mxray/diagnosis";
import { describe, expect, it } from "vitest";
import { HOLE, type HostParts, hostOf, probe, reportOf, rung } from "./observation.ts";

const findingIn = (parts: HostParts, code: FindingCode): Finding => {
  const found = reportOf([hostOf(parts)]).findings.find((finding) => finding.code === code);
  if (found === undefined) throw new Error(`no ${code} is found in this host`);
  return found;
};
const payload = (size: number) => rung(size, "acked", { unit: "payload" });
const stalledTls: HostParts["stages"] = { starttls: { outcome: "stalled", cause: "timeout", reason: "No answer." } };

/** What was found, what then proves it gone, and what does not although it is not found again. */
const CASES: readonly [FindingCode, HostParts, { gone: readonly HostParts[]; open: readonly HostParts[] }][] = [
  [
    "pmtu-black-hole",
    HOLE,
    {
      gone: [
        {},
        { outbound: { mtu: 1400, limitedBy: "peer-mss" } },
        { path: { localMtu: 1400 }, outbound: { mtu: 1400, limitedBy: "local-mtu" } },
        { outbound: { verdict: "pmtud-works", mtu: 1400, limitedBy: null } },
        { path: { localMtu: 9000 }, outbound: { mtu: 2052, limitedBy: "ladder" } },
        { outbound: { verdict: "lossy", mtu: 1401, limitedBy: null } },
      ],
      open: [
        HOLE,
        { outbound: { verdict: "pmtud-works", confidence: "likely", mtu: 1400, limitedBy: "cached-mtu" } },
        { outbound: { mtu: 1064, limitedBy: "ladder" } },
        { outbound: { mtu: null, confidence: "likely", limitedBy: null } },
        { outbound: { verdict: "not-tested", mtu: null, limitedBy: null } },
        { outbound: { verdict: "lossy", mtu: 1400, limitedBy: null } },
        { host: { address: "192.0.2.26" } },
      ],
    },
  ],
  [
    "pmtu-black-hole-inbound",
    { stages: stalledTls, inbound: { verdict: "black-hole", mtu: 1400 } },
    { gone: [{}], open: [{ inbound: { verdict: "inconclusive" } }, { inbound: { verdict: "not-tested" } }] },
  ],
  [
    "size-cliff",
    { outbound: { verdict: "cliff", cliffAt: 65_536 } },
    {
      gone: [{ outbound: { rungs: [payload(65_536), payload(1)] } }],
      open: [{ outbound: { rungs: [payload(65_536)] } }, { stages: { "data-ladder": { outcome: "not-tested" } } }],
    },
  ],
  [
    "smtp-fixup",
    { host: { greeting: { text: `220 ${"*".repeat(70)}`, mask: "pix" } } },
    { gone: [{}], open: [{ stages: { ehlo: { outcome: "not-tested" } } }, { stages: { "noop-ladder": { outcome: "stalled" } } }] },
  ],
  [
    "dotcrlf-split",
    { host: { endOfData: { whole: "ok", split: "stalled", recipient: "a@example.test", messageIds: [] } } },
    { gone: [{ host: { endOfData: { whole: "ok", split: "ok", recipient: "a@example.test", messageIds: [] } } }], open: [{}] },
  ],
  [
    "connect-refused",
    { stages: { connect: { outcome: "refused", cause: "refused", reason: "Refused." } } },
    { gone: [{}], open: [{ stages: { connect: { outcome: "not-tested", cause: "policy" } } }] },
  ],
  [
    "greeting-timeout",
    { stages: { greeting: { outcome: "stalled", cause: "timeout", reason: "Nothing." } } },
    { gone: [{}], open: [{ stages: { greeting: { outcome: "not-tested", cause: "needs" } } }] },
  ],
  [
    "tarpit",
    { stages: { envelope: { outcome: "failed", cause: "slow", reason: "Slow." } } },
    { gone: [{}], open: [{ stages: { envelope: { outcome: "not-tested", cause: "needs" } } }] },
  ],
  [
    "dropped-in-data",
    { stages: { "data-ladder": { outcome: "failed", cause: "reset", reason: "Reset." } } },
    { gone: [{}], open: [{ stages: { "data-ladder": { outcome: "not-tested", cause: "needs" } } }] },
  ],
];

describe.each(CASES)("%s", (code, parts, { gone, open }) => {
  const finding = findingIn(parts, code);

  it("is proven gone by a test that would have shown it", () => {
    for (const after of gone) expect(provesGone(finding, probe([hostOf(after)])), JSON.stringify(after)).toBe(true);
  });

  it("is not proven gone by a probe that could not tell", () => {
    for (const after of [...open, parts]) expect(provesGone(finding, probe([hostOf(after)])), JSON.stringify(after)).toBe(false);
    expect(provesGone(finding, probe([]))).toBe(false);
  });
});

describe("log-size-correlated", () => {
  const sizes = (threshold: readonly number[]) => ({
    code: "log-size-correlated" as const,
    subject: { host: null, address: hostOf().address, port: 25 },
    evidence: [{ at: "2026-01-01T00:00:00.000Z", source: "log" as const, text: "…", data: { threshold: [...threshold] } }],
  });
  const both = probe([hostOf({})]);

  it("is proven gone where packets of full size pass both ways, and nothing longer than one was delivered", () => {
    expect(provesGone(sizes([1200, 1700]), both)).toBe(true);
    const oneWay = probe([hostOf({ inbound: { verdict: "not-tested" } })]);
    for (const after of [probe([hostOf(HOLE)]), oneWay, probe([])]) expect(provesGone(sizes([1200, 1700]), after)).toBe(false);
  });

  it("is not where longer ones were delivered, but for as much content that arrives now", () => {
    for (const threshold of [
      [5000, 20_000],
      [20_000, 5000],
    ]) {
      expect(provesGone(sizes(threshold), both)).toBe(false);
      expect(provesGone(sizes(threshold), probe([hostOf({ outbound: { rungs: [payload(4096), payload(16_384)] } })]))).toBe(true);
    }
  });

  it("stalls that no size explains are not proven gone by a path", () => {
    for (const code of ["log-outbound-stalls", "log-inbound-stalls"] as const) {
      expect(provesGone({ ...sizes([1200, 1700]), code }, both)).toBe(false);
    }
  });
});

it("a name that leads nowhere is gone when a mail host has an address", () => {
  const nowhere = {
    resolution: { kind: "none", records: [], error: "No such name.", failure: "no-such-name", unresolved: [] },
  } as const;
  const [finding] = reportOf([], { resolution: { ...nowhere.resolution, records: [], unresolved: [] } }).findings;
  expect(finding?.code).toBe("no-mail-host");
  if (finding === undefined) return;
  expect(provesGone(finding, probe([hostOf()]))).toBe(true);
  expect(provesGone(finding, probe([]))).toBe(false);
});

it("nothing is proven by a probe that met no host, whatever was found", () => {
  for (const code of FINDING_CODES) {
    const finding = { code, subject: { host: null, address: "203.0.113.25", port: 25 }, evidence: [] };
    if (code !== "no-mail-host") expect(provesGone(finding, probe([])), code).toBe(false);
  }
});
