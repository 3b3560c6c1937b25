import type { Confidence, InboundPath, PathVerdictKind } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, inbound, path, stage } from "../observation.ts";

const hole = (other: Partial<InboundPath> = {}) =>
  inbound({
    verdict: "black-hole",
    mtu: 1400,
    confidence: "proven",
    clampedMss: 1360,
    reason: "The certificate came with segments of 1360 bytes and not with 1361.",
    trials: [
      { mss: null, outcome: "stalled", ms: 4000, outOfOrder: 2 },
      { mss: 1361, outcome: "stalled", ms: 4000, outOfOrder: 0 },
      { mss: 1360, outcome: "arrived", ms: 35, outOfOrder: 0 },
    ],
    ...other,
  });
/** The handshake hangs at the certificate. */
const stages = host().stages.map((each) => (each.stage === "starttls" ? stage("starttls", "stalled", "timeout") : each));
const over = (other: Partial<InboundPath>, family: 4 | 6 = 4) => probeOf(host({ family, stages, path: path({ inbound: hole(other) }) }));

describe("a black hole on the way from the mail host", () => {
  test.each<[4 | 6, string]>([
    [4, "ICMP type 3 code 4"],
    [6, "ICMPv6 type 2"],
  ])("IPv%d: one finding, proven, exact, with the trials", (family, icmp) => {
    const observation = over({}, family);
    expect(codesOf(observation)).toEqual(["pmtu-black-hole-inbound"]);
    const finding = findingOf(observation, "pmtu-black-hole-inbound");
    expect(finding).toMatchObject({ severity: "critical", confidence: "proven" });
    expect(finding.title).toBe("Packets of more than 1400 bytes are lost on the way from mx1.example.test to us");
    const words = wordsOf(finding);
    expect(words).toContain("3 TLS handshakes with various limits for the host's segments: 1 completed, 2 got no answer.");
    expect(words).toContain("The certificate arrived with segments of at most 1360 bytes.");
    expect(words).toContain("carries at most 1400 bytes (1400 is what an IPsec tunnel usually leaves)");
    expect(words).toContain("and without a limit.");
    expect(words).toContain("In 1 stalled handshake later segments of the host's arrived");
    expect(words).toContain(`the mail host's own firewall (incoming ${icmp})`);
    expect(finding.remedies.find(({ id }) => id === "linux-route-advmss")?.steps).toContain(`advmss ${family === 4 ? 1360 : 1340}`);
  });

  test.each<[Confidence | null, Confidence, RegExp]>([
    ["likely", "likely", /^Packets of more than 1400 bytes are lost/],
    [null, "suspected", /^Packets of more than 1400 bytes seem to be lost/],
  ])("%s", (measured, confidence, title) => {
    const finding = findingOf(over({ confidence: measured }), "pmtu-black-hole-inbound");
    expect(finding.confidence).toBe(confidence);
    expect(finding.title).toMatch(title);
  });

  test("without a size there is no number, and none in a command", () => {
    const finding = findingOf(over({ mtu: null, clampedMss: null, confidence: null }), "pmtu-black-hole-inbound");
    expect(finding.title).toMatch(/^Large packets seem to be lost/);
    expect(finding.remedies.find(({ id }) => id === "linux-route-advmss")?.steps).toContain("advmss <MSS>");
  });
});

test.each<PathVerdictKind>(["clear", "not-tested", "inconclusive", "lossy", "cliff", "pmtud-works"])("%s gives none", (verdict) => {
  expect(codesOf(over({ verdict }))).not.toContain("pmtu-black-hole-inbound");
});
