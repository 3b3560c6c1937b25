import { FINDING_CODES, FINDING_SEVERITY, type FindingCode, type MailHostObservation, type Severity } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { diagnoseProbe, verdictOf } from "../../src/index.ts";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { blackHole, host, inbound, outbound, path, probe, stage, stagesUntil, unreachableHost, untested } from "../observation.ts";

/** As the contract has it: what is not listed is a warning. */
const SEVERITY: Partial<Record<FindingCode, Severity>> = {
  healthy: "info",
  "pmtu-reduced": "info",
  "null-mx": "info",
  inconclusive: "info",
  "lossy-path": "info",
  "envelope-refused": "info",
  "rate-limited": "info",
  "host-setting-hides": "info",
  "pmtu-black-hole": "critical",
  "pmtu-black-hole-inbound": "critical",
  "dotcrlf-split": "critical",
  "no-mail-host": "critical",
  "mx-unresolvable": "critical",
  "connect-refused": "critical",
  "connect-timeout": "critical",
  "port-25-blocked": "critical",
  "our-side": "critical",
  "log-size-correlated": "critical",
  "log-outbound-stalls": "critical",
  "log-inbound-stalls": "critical",
  "log-tls-stalls": "critical",
  "log-our-side": "critical",
  "log-ipv6-delay": "info",
  "log-message-size": "info",
};
test.each(FINDING_CODES)("the severity of %s", (code) => {
  expect(FINDING_SEVERITY[code]).toBe(SEVERITY[code] ?? "warning");
});

const envelopeRefused = stagesUntil(stage("envelope", "refused", "reply", "550 No such user"));
const rateLimited = stagesUntil(stage("envelope", "refused", "reply", "421 busy"));

describe("healthy", () => {
  test("a clear path and nothing else", () => {
    const finding = findingOf(probe(), "healthy");
    expect(finding).toMatchObject({ severity: "info", confidence: "proven", remedies: [], subject: { address: "203.0.113.25" } });
    expect(wordsOf(finding)).toContain("4,096 bytes of message data were acknowledged.");
  });

  test("says what the host's MSS kept from being sent", () => {
    const limited = path({ mss: { ours: 1460, peer: 1389 }, outbound: outbound({ mtu: 1429, limitedBy: "peer-mss" }) });
    const finding = findingOf(probeOf({ path: limited }), "healthy");
    expect(finding.confidence).toBe("likely");
    expect(wordsOf(finding)).toContain("Larger packets were not tested");
    expect(wordsOf(finding)).toContain("packets of more than 1429 bytes, because the host announces an MSS of 1389 bytes");
    expect(finding.summary).not.toContain("Full-size packets");
  });

  test("several hosts are one finding about the target", () => {
    const finding = findingOf(probe([host(), host({ family: 6 })]), "healthy");
    expect(finding.subject.address).toBeNull();
    expect(finding.title).toBe("No problems found on the way to example.test");
    expect(finding.summary).toContain("2 mail hosts");
  });

  test.each<[string, Partial<MailHostObservation>, FindingCode[]]>([
    ["discovery that works for 1500 bytes", { path: path({ outbound: outbound({ verdict: "pmtud-works" }) }) }, ["healthy"]],
    ["information about the envelope", { stages: envelopeRefused }, ["healthy", "envelope-refused"]],
    ["information about rates", { stages: rateLimited }, ["healthy", "rate-limited"]],
  ])("stands beside %s", (_name, other, codes) => expect(codesOf(probeOf(other))).toEqual(codes));

  test.each<[string, Partial<MailHostObservation>, FindingCode[]]>([
    ["a reduced path", { path: path({ outbound: outbound({ verdict: "pmtud-works", mtu: 1400 }) }) }, ["pmtu-reduced"]],
    ["a lossy path", { path: path({ outbound: outbound({ verdict: "lossy" }) }) }, ["lossy-path"]],
    ["a warning", { greeting: { text: `220 ${"*".repeat(60)}`, mask: "full" } }, ["smtp-fixup"]],
    ["a path without a verdict", { path: path({ outbound: outbound({ verdict: "inconclusive", mtu: null }) }) }, ["inconclusive"]],
    ["a path that was not tested", { path: path({ outbound: untested() }) }, ["inconclusive"]],
  ])("gives way to %s", (_name, other, codes) => expect(codesOf(probeOf(other))).toEqual(codes));

  test("one bad host among good ones is enough", () => {
    expect(codesOf(probe([host(), unreachableHost("refused", { address: "203.0.113.26" })]))).toEqual(["connect-refused"]);
    const reduced = host({ address: "203.0.113.26", path: path({ outbound: outbound({ verdict: "pmtud-works", mtu: 1400 }) }) });
    expect(codesOf(probe([host(), reduced]))).toEqual(["pmtu-reduced"]);
  });

  test.each<[string, Partial<MailHostObservation>, string]>([
    [
      "that the kernel could not be read",
      { path: path({ kernel: { ...path().kernel, available: false, reason: "No koffi." } }) },
      "No koffi.",
    ],
    [
      "that long commands got lost",
      { stages: host().stages.map((each) => (each.stage === "noop-ladder" ? stage("noop-ladder", "failed", "closed") : each)) },
      "What noop-ladder ran into.",
    ],
    ["the way back", {}, "From the host to us: The certificate arrived in full-size packets."],
  ])("says %s", (_name, other, words) => expect(wordsOf(findingOf(probeOf(other), "healthy"))).toContain(words));
});

describe("inconclusive", () => {
  test("a host that our own rules did not let us try", () => {
    const observation = probe([unreachableHost("timeout", { stages: stagesUntil(stage("connect", "failed", "policy")) })]);
    const finding = findingOf(observation, "inconclusive");
    expect(finding).toMatchObject({ severity: "info", confidence: "suspected" });
    expect(finding.summary).toBe("What connect ran into. This says nothing about the mail host.");
  });

  test("a path without a verdict names what else went wrong, once", () => {
    const stages = stagesUntil(stage("noop-ladder", "stalled", "timeout"));
    const undecided = path({ outbound: outbound({ verdict: "inconclusive", mtu: null, reason: "Too little was seen." }) });
    const words = wordsOf(findingOf(probeOf({ stages, path: undecided }), "inconclusive"));
    expect(words).toContain("Too little was seen.");
    expect(words).toContain("What noop-ladder ran into.");
    expect(words).not.toContain("What envelope");
    const masked = { text: `220 ${"*".repeat(60)}`, mask: "full" } as const;
    expect(codesOf(probeOf({ greeting: masked, path: undecided })), "another finding about the host stands for it").toEqual(["smtp-fixup"]);
  });

  test("a connection that the deadline cut is no host that was not tried", () => {
    const cut = unreachableHost("timeout", { stages: stagesUntil(stage("connect", "failed", "deadline")) });
    const observation = probe([cut], { ended: "deadline" });
    expect(codesOf(observation)).toEqual(["inconclusive"]);
    expect(findingOf(observation, "inconclusive").title).toContain("ended early");
  });

  test("a path that was not tested: whether anybody answered", () => {
    const answered = probeOf({ path: path({ outbound: untested() }) });
    expect(findingOf(answered, "inconclusive").summary).toBe("mx1.example.test answers; the stages that test the path were not run.");
    const silent = probeOf({ stages: stagesUntil(stage("greeting", "skipped", "not-wanted")), path: path({ outbound: untested() }) });
    expect(findingOf(silent, "inconclusive").summary).toBe("No host came as far as a dialogue that could carry them.");
  });

  test.each([
    ["deadline", "its time was up", "Give it a longer deadline"],
    ["cancelled", "it was cancelled", "Run it again"],
  ] as const)("ended early by %s", (ended, why, advice) => {
    const observation = probe([host({ stages: stagesUntil(stage("data-ladder", "failed", ended)) })], { ended });
    expect(codesOf(observation)).toEqual(["inconclusive"]);
    const finding = findingOf(observation, "inconclusive");
    expect(finding.confidence).toBe("suspected");
    expect(finding.title).toContain(why);
    expect(finding.summary).toContain(advice);
    expect(wordsOf(finding)).toContain("data-ladder");
  });

  test("before a host was tried", () => {
    expect(wordsOf(findingOf(probe([], { ended: "deadline" }), "inconclusive"))).toContain("It ended before a mail host was tried.");
  });

  test("a probe that ended late enough changes nothing", () => {
    expect(codesOf(probe([host()], { ended: "deadline" }))).toEqual(["healthy"]);
  });
});

describe("the order: the worst first", () => {
  const bad = probe([
    host({ path: path({ inbound: inbound({ verdict: "black-hole", mtu: 1300, confidence: "likely" }) }) }),
    host({ address: "203.0.113.26", greeting: { text: `220 ${"*".repeat(60)}`, mask: "full" } }),
    host({ address: "203.0.113.27", path: path({ outbound: blackHole() }) }),
    host({ address: "203.0.113.28", stages: envelopeRefused }),
  ]);
  test("by severity, then as the contract lists the codes", () => {
    expect(codesOf(bad)).toEqual(["pmtu-black-hole", "pmtu-black-hole-inbound", "smtp-fixup", "envelope-refused"]);
  });

  test("the same observation gives the same findings, and is not changed", () => {
    const before = JSON.stringify(bad);
    expect(diagnoseProbe(bad)).toEqual(diagnoseProbe(bad));
    expect(JSON.stringify(bad)).toBe(before);
  });

  test("the verdict is the worst of them", () => {
    expect(verdictOf(diagnoseProbe(bad).reverse())).toMatchObject({ code: "pmtu-black-hole", severity: "critical", confidence: "proven" });
    expect(verdictOf([])).toBeNull();
  });

  test("every row of evidence carries its moment and its vantage", () => {
    const rows = diagnoseProbe(bad).flatMap(({ evidence }) => evidence);
    expect(rows.length).toBeGreaterThan(10);
    for (const { at, source, data } of rows) {
      expect(at).toMatch(/^2026-01-02T03:04:05\.\d{3}Z$/);
      expect(source).toBe("probe");
      expect(data.vantage).toBe("local");
    }
  });
});
