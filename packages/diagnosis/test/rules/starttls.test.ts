import type { FindingCode, MailHostObservation, StageCause, StageOutcome } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, inbound, path, stage } from "../observation.ts";

const tls = (offered: boolean): MailHostObservation["tls"] => ({
  offered,
  attempted: true,
  protocol: null,
  cipher: null,
  authorizationError: null,
  certificate: null,
  handshakeMs: null,
});
const ended = (outcome: StageOutcome, cause: StageCause | null, reply: string | null, other: Partial<MailHostObservation> = {}) =>
  probeOf({
    tls: tls(true),
    stages: host().stages.map((each) => (each.stage === "starttls" ? stage("starttls", outcome, cause, reply) : each)),
    ...other,
  });

test.each<[StageOutcome, StageCause, string | null, string]>([
  ["refused", "reply", "454 4.7.0 TLS not available", "is answered with '454 4.7.0 TLS not available'"],
  ["stalled", "timeout", null, "hangs"],
  ["failed", "reset", null, "try from another network"],
  ["failed", "closed", null, "ends with a closed connection"],
  ["failed", "tls", null, "fails"],
])("offered, %s by %s: starttls-failed", (outcome, cause, reply, words) => {
  const observation = ended(outcome, cause, reply);
  expect(codesOf(observation)).toEqual(["starttls-failed"]);
  const finding = findingOf(observation, "starttls-failed");
  expect(finding).toMatchObject({ severity: "warning", confidence: "proven" });
  expect(wordsOf(finding)).toContain(words);
});

test("where the way back is in doubt, a handshake that hangs says so", () => {
  const doubt = path({ inbound: inbound({ verdict: "inconclusive", mtu: null, reason: "Too few handshakes were tried." }) });
  const words = (outcome: StageOutcome, cause: StageCause, other = doubt) =>
    wordsOf(findingOf(ended(outcome, cause, null, { path: other }), "starttls-failed"));
  expect(words("stalled", "timeout")).toContain("Too few handshakes were tried.");
  expect(words("failed", "reset")).not.toContain("Too few handshakes");
  expect(words("stalled", "timeout", path())).not.toContain("full-size packets");
});

describe("no finding of TLS", () => {
  test.each<[string, ReturnType<typeof ended>, FindingCode[]]>([
    ["it works", ended("ok", null, null), ["healthy"]],
    ["it was not asked for", ended("skipped", "not-wanted", null), ["healthy"]],
    ["it was not offered, without a mask", ended("refused", "reply", "502 no", { tls: tls(false) }), ["healthy"]],
    ["421: the host has enough of us", ended("refused", "reply", "421 busy"), ["healthy"]],
    ["our deadline", ended("failed", "deadline", null), ["healthy"]],
    [
      "the certificate is lost in a black hole",
      ended("stalled", "timeout", null, { path: path({ inbound: inbound({ verdict: "black-hole", mtu: 1400 }) }) }),
      ["pmtu-black-hole-inbound"],
    ],
  ])("%s", (_name, observation, codes) => expect(codesOf(observation)).toEqual(codes));
});

describe("painted over", () => {
  const masked = (keyword: string) =>
    ended("refused", "reply", "500 no", { tls: tls(false), ehlo: { keywords: [], masked: [keyword], refused: false, helo: false } });
  test.each([
    ["XXXXXXXA", true],
    ["XXXXXXXB", true],
    // DELIVERBY and HELP.
    ["XXXXXXXXA", false],
    ["XXXB", false],
  ])("%s may be STARTTLS: %s", (keyword, may) => {
    expect(codesOf(masked(keyword)).includes("starttls-masked")).toBe(may);
    if (may) expect(findingOf(masked(keyword), "starttls-masked")).toMatchObject({ severity: "warning", confidence: "likely" });
  });
});
