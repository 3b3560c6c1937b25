import type { Confidence, KernelFacts, OutboundPath, PathObservation } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { blackHole, host, outbound, owner, path, rung, stage, stagesUntil } from "../observation.ts";

const over = (other: Partial<PathObservation>, family: 4 | 6 = 4) => probeOf(host({ family, path: path(other) }));
const holeWords = (other: Partial<PathObservation>, family: 4 | 6 = 4) =>
  wordsOf(findingOf(over({ outbound: blackHole(), ...other }, family), "pmtu-black-hole"));

describe("a black hole on the way to the mail host", () => {
  test.each<[4 | 6, string]>([
    [4, "ICMP type 3 code 4"],
    [6, "ICMPv6 type 2"],
  ])("IPv%d: proven, with its numbers and the message by its type", (family, icmp) => {
    const finding = findingOf(over({ outbound: blackHole() }, family), "pmtu-black-hole");
    expect(finding).toMatchObject({ severity: "critical", confidence: "proven" });
    expect(finding.title).toBe("Packets of more than 1400 bytes are lost on the way to mx1.example.test");
    const words = wordsOf(finding);
    expect(words).toContain("1400 is what an IPsec tunnel usually leaves");
    expect(words).toContain("Packets of 1400 bytes were acknowledged twice.");
    expect(words).toContain("3 attempts with 2 sizes from 1401 to 1500 bytes");
    expect(words).toContain("Twice the same bytes were sent again on the same connection without the DF bit");
    expect(words).toContain("With segments limited to 1360 bytes, 4,096 bytes of message got through");
    expect(words).toContain("about 1 in 41 million: proven");
    expect(words).toContain(icmp);
    const route = finding.remedies.find(({ id }) => id === "linux-route-mtu");
    expect(route?.steps).toContain(`${family === 4 ? "203.0.113.25/32" : "2001:db8::25/128"} via <GATEWAY> mtu lock 1400`);
  });

  test("watched from both ends: proven there, where the far end decides it", () => {
    const rungs = [
      rung(1400, "acked", { stream: { from: 20, to: 1368, lost: 0 } }),
      rung(1500, "stalled", { stream: { from: 1380, to: 2828, lost: 4 } }),
    ];
    const watched = (bytes: number, gaps: number[]) => {
      const far = { n: 1, received: { bytes, size: 1400 }, sent: { bytes: 300, acked: 300, again: 0, size: 300 }, gaps };
      const seen = host({ path: path({ outbound: blackHole({ rungs }) }), bothEnds: { agent: "mail", connections: [far] } });
      return findingOf(probeOf(seen), "pmtu-black-hole");
    };
    const proven = watched(1380, [1380]);
    expect(proven.confidence).toBe("proven");
    expect(wordsOf(proven)).toContain(
      "Proven at both ends: of 4 packets of 1500 bytes that left with DF set, none arrived at the mail host's machine. Of 1 packet of up to 1400 bytes, 1 arrived.",
    );
    // What the far end does not decide is no evidence.
    expect(wordsOf(watched(2828, []))).not.toContain("both ends");
  });

  test.each<[Confidence | null, Confidence, string, string]>([
    ["likely", "likely", "are lost", "likely, not proven"],
    ["suspected", "suspected", "seem to be lost", "a suspicion. Run the probe again"],
    [null, "suspected", "seem to be lost", "a suspicion. Run the probe again"],
  ])("%s", (measured, confidence, title, words) => {
    const finding = findingOf(over({ outbound: blackHole({ confidence: measured }) }), "pmtu-black-hole");
    expect(finding.confidence).toBe(confidence);
    expect(finding.title).toContain(title);
    expect(wordsOf(finding)).toContain(words);
  });

  test("where the next size up was not tried, the smallest that was lost is named", () => {
    const rungs = [rung(1280), rung(1500, "stalled")];
    const finding = findingOf(over({ outbound: blackHole({ mtu: 1280, rungs }) }), "pmtu-black-hole");
    expect(finding.title).toContain("Packets of 1500 bytes and more are lost");
  });

  test("our own firewall is the first suspect, the router the second", () => {
    const words = holeWords({ lostBetween: [owner(1), owner(2)] });
    expect(words).toMatch(
      /1\. our own firewall.* 2\. the router in front of the small link, 198\.51\.100\.1.* 3\. anything on its way back/,
    );
    expect(words).toContain("are dropped between 198.51.100.1 (hop 1) and 198.51.100.2 (hop 2)");
    expect(words).not.toMatch(/drops ICMP|router drops/i);
  });

  test("a message that comes back for UDP makes whoever tells TCP apart the suspect", () => {
    const words = holeWords({ fragNeededFrom: { address: "198.51.100.1", mtu: 1400 } });
    expect(words).toContain("does come back, from 198.51.100.1, naming 1400 bytes");
    expect(words).toMatch(/2\. a device that treats ICMP type 3 code 4 for TCP otherwise than for UDP/);
  });

  test("the span begins at this machine", () => {
    expect(holeWords({ lostBetween: [owner(0, null), owner(1)] })).toContain("between this machine and 198.51.100.1 (hop 1)");
  });

  const kernel = (other: Partial<KernelFacts>): Partial<PathObservation> => ({ kernel: { ...path().kernel, ...other } });
  test.each<[Partial<PathObservation>, string, string]>([
    [kernel({ tcpMtuProbing: 1 }), "tcp_mtu_probing is 1", "recovers from such holes"],
    [kernel({ tcpMtuProbing: 2 }), "tcp_mtu_probing is 2", "starts with small packets"],
    [kernel({ ipNoPmtuDisc: 2 }), "ip_no_pmtu_disc is 2", "discards path MTU messages itself"],
    [kernel({ available: false, reason: "No koffi." }), "only time-outs are known", "No koffi."],
    [{ cachedMtu: 1400 }, "path MTU of 1400 bytes", "kept for ten minutes"],
  ])("what hides the fault is said: %#", (other, one, two) => {
    expect(holeWords(other)).toContain(one);
    expect(holeWords(other)).toContain(two);
    expect(holeWords({})).not.toContain(one);
  });
});

test.each<[string, Partial<OutboundPath>]>([
  ["a black hole without a size", { verdict: "black-hole", mtu: null }],
  ["discovery that works for 1500 bytes", { verdict: "pmtud-works", mtu: 1500 }],
  ["discovery that works for jumbo frames", { verdict: "pmtud-works", mtu: 9000 }],
  ["a clear path that the peer's MSS limits", { mtu: 1420, limitedBy: "peer-mss" }],
])("%s is no finding of the path's", (_name, other) => {
  const codes = codesOf(over({ outbound: outbound(other) }));
  expect(codes.filter((code) => code.startsWith("pmtu") || code === "size-cliff")).toEqual([]);
});

describe("a path that is smaller, and says so", () => {
  test.each([
    [1499, null],
    [1492, "1492 is what a PPPoE line (DSL) usually leaves"],
    [1438, "1438 is what an IPsec tunnel usually leaves"],
    [1439, null],
    [1280, "1280 is what every IPv6 link carries at least"],
    [552, "552 is what Linux keeps as the least for IPv4"],
  ])("%d bytes", (mtu, hint) => {
    const observation = over({ outbound: outbound({ verdict: "pmtud-works", mtu, confidence: "proven" }) });
    expect(codesOf(observation)).toEqual(["pmtu-reduced"]);
    const finding = findingOf(observation, "pmtu-reduced");
    expect(finding).toMatchObject({ severity: "info", confidence: "proven", remedies: [] });
    expect(finding.title).toContain(`${mtu} bytes`);
    if (hint === null) expect(wordsOf(finding)).not.toContain("is what");
    else expect(wordsOf(finding)).toContain(hint);
  });
});

describe("a stop that is no MTU", () => {
  const cliff = (cliffAt: number | null, cliffStop: OutboundPath["cliffStop"] = "unacknowledged") =>
    over({
      outbound: outbound({
        verdict: "cliff",
        confidence: "likely",
        cliffAt,
        cliffStop: cliffStop ?? null,
        rungs: [rung(1500), rung(4096, "acked", { unit: "payload" }), rung(65_536, "stalled", { unit: "payload" })],
      }),
    });
  test.each<[number | null, OutboundPath["cliffStop"], string]>([
    [65_536, "unacknowledged", "After 65536 bytes of message nothing more is acknowledged."],
    [65_536, "window-closed", "keeps its receive window closed"],
    [null, null, "At some point of the message the transfer stops."],
  ])("%s, %s", (at, stop, words) => {
    const observation = cliff(at, stop);
    expect(codesOf(observation)).toEqual(["size-cliff"]);
    const finding = findingOf(observation, "size-cliff");
    expect(finding).toMatchObject({ severity: "warning", confidence: "likely" });
    expect(wordsOf(finding)).toContain(words);
    expect(wordsOf(finding)).toContain("Packets of 1500 bytes were acknowledged on the same path");
    expect(wordsOf(finding)).not.toContain("black hole");
  });
  test("without a packet that was tried, packets are not spoken of", () => {
    const observation = over({
      outbound: outbound({ verdict: "cliff", cliffAt: 65_536, rungs: [rung(65_536, "stalled", { unit: "payload" })] }),
    });
    const finding = findingOf(observation, "size-cliff");
    expect(finding.confidence).toBe("suspected");
    expect(wordsOf(finding)).not.toContain("were acknowledged on the same path");
  });

  test.each([
    [65_536, true],
    [60_000, true],
    [59_999, false],
    [66_601, false],
    [262_144, false],
  ])("%d bytes: about 64 kB is a buffer or window scaling: %s", (at, hinted) => {
    expect(wordsOf(findingOf(cliff(at), "size-cliff")).includes("about 64 kB")).toBe(hinted);
  });

  test.each([
    ["552 before a byte was sent", "552 5.3.4 too big", []],
    ["another refusal in the data", "554 no", [rung(4096, "acked", { unit: "payload" })]],
  ] as const)("%s is no size limit", (_name, reply, rungs) => {
    const stages = stagesUntil(stage("data-ladder", "refused", "reply", reply));
    expect(codesOf(probeOf({ stages, path: path({ outbound: outbound({ rungs: [...rungs] }) }) }))).not.toContain("size-cliff");
  });
});

test("random loss has its bound, and is not called a black hole", () => {
  const statistics = { lossesAbove: 0, acksBetween: 0, releases: 0, smallSent: 100, smallLost: 5, lossUpperBound: 0.1023, chance: 0.5 };
  const observation = over({ outbound: outbound({ verdict: "lossy", statistics }) });
  expect(codesOf(observation)).toEqual(["lossy-path"]);
  const finding = findingOf(observation, "lossy-path");
  expect(finding).toMatchObject({ severity: "info", confidence: "likely" });
  expect(wordsOf(finding)).toContain(
    "5 of 100 small segments had to be sent again; the loss rate of small segments is below 10 % (95 % confidence).",
  );
});
