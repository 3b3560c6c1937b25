import type { Confidence, FindingCode, MailHostObservation, Stage, StageCause, StageOutcome } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { outbound, path, rung, stage, stagesUntil, untested } from "../observation.ts";

/** Where a stage broke, nothing was learned of the path. */
function broken(
  name: Stage,
  outcome: StageOutcome,
  cause: StageCause,
  reply: string | null = null,
  other: Partial<MailHostObservation> = {},
) {
  return probeOf({ stages: stagesUntil(stage(name, outcome, cause, reply)), path: path({ outbound: untested() }), ...other });
}

type Case = [name: Stage, outcome: StageOutcome, cause: StageCause, reply: string | null, code: FindingCode, words: string];
test.each<Case>([
  ["greeting", "refused", "reply", "554 mx1 No service for you", "greeting-refused", "'554 mx1 No service for you'"],
  ["greeting", "failed", "closed", null, "greeting-refused", "closes the connection without a greeting"],
  ["greeting", "failed", "reset", null, "greeting-refused", "resets the connection without a greeting"],
  ["greeting", "stalled", "timeout", null, "greeting-timeout", "says nothing"],
  ["greeting", "stalled", "slow", null, "tarpit", "so slowly"],
  ["greeting", "failed", "protocol", null, "protocol-error", "is no SMTP"],
  ["greeting", "failed", "too-long", null, "protocol-error", "without an end"],
  ["greeting", "failed", "tls", null, "starttls-failed", "The TLS handshake with mx1.example.test fails"],
  ["greeting", "refused", "reply", "421 mx1 busy", "rate-limited", "'421 mx1 busy'"],
  ["ehlo", "refused", "reply", "550 Who are you", "ehlo-failed", "refuses EHLO and HELO"],
  ["ehlo", "stalled", "timeout", null, "ehlo-failed", "does not answer EHLO"],
  ["ehlo", "failed", "reset", null, "ehlo-failed", "resets the connection at EHLO"],
  ["envelope", "refused", "reply", "550 5.1.1 No such user", "envelope-refused", "does not take our test envelope"],
  ["envelope", "refused", "reply", "450 4.2.0 Greylisted", "envelope-refused", "Greylisting does that"],
  ["envelope", "refused", "reply", "530 Must issue STARTTLS first", "envelope-refused", "inside TLS only"],
  ["envelope", "refused", "reply", "450 4.7.1 Too many connections, rate limit", "rate-limited", "puts us off"],
  ["envelope", "refused", "reply", "550 5.7.1 Too many connections", "envelope-refused", "does not take our test envelope"],
  ["envelope", "stalled", "timeout", null, "tarpit", "does not answer the envelope in time"],
  ["envelope", "failed", "closed", null, "protocol-error", "in the middle of the dialogue"],
])("%s %s by %s (%s): %s", (name, outcome, cause, reply, code, words) => {
  const observation = broken(name, outcome, cause, reply);
  expect(codesOf(observation)).toContain(code);
  const finding = findingOf(observation, code);
  expect(wordsOf(finding)).toContain(words);
  // Silence on one connection may have been a burst of loss.
  const once: Confidence = name === "envelope" ? "suspected" : name === "greeting" ? "likely" : "proven";
  expect(finding.confidence).toBe<Confidence>(cause === "timeout" ? once : "proven");
  expect(finding.evidence[0]?.data).toMatchObject({ stage: name, cause, ms: 1234 });
});

test("a refusal for good is no greylisting", () => {
  expect(wordsOf(findingOf(broken("envelope", "refused", "reply", "500 no"), "envelope-refused"))).not.toContain("Greylisting");
});

test("one finding only, for the stage where it broke first", () => {
  const stages = stagesUntil(stage("greeting", "stalled", "timeout")).map((each) =>
    each.stage === "envelope" ? stage("envelope", "refused", "reply", "550 no") : each,
  );
  expect(codesOf(probeOf({ stages, path: path({ outbound: untested() }) }))).toEqual(["greeting-timeout"]);
});

describe("within the message", () => {
  const sent = outbound({ rungs: [rung(1500), rung(4096, "acked", { unit: "payload" }), rung(16_384, "closed", { unit: "payload" })] });
  test.each<[StageOutcome, StageCause, string | null, string]>([
    ["failed", "closed", null, "closes the connection within the message, after more than 4096 bytes"],
    ["failed", "reset", null, "resets the connection within the message, after more than 4096 bytes"],
    ["refused", "reply", "554 5.7.1 Content rejected", "answers in the middle of the message"],
  ])("%s by %s: dropped-in-data", (outcome, cause, reply, words) => {
    const observation = broken("data-ladder", outcome, cause, reply, { path: path({ outbound: sent }) });
    const finding = findingOf(observation, "dropped-in-data");
    expect(wordsOf(finding)).toContain(words);
    expect(finding.severity).toBe("warning");
    expect(codesOf(observation)).not.toContain("healthy");
  });

  test("where no byte of it was acknowledged, none are counted", () => {
    const none = path({ outbound: outbound({ rungs: [rung(1500), rung(4096, "closed", { unit: "payload" })] }) });
    const { title } = findingOf(broken("data-ladder", "failed", "closed", null, { path: none }), "dropped-in-data");
    expect(title).toBe("mx1.example.test closes the connection within the message");
  });

  test("552 is the size limit's", () => {
    const observation = broken("data-ladder", "refused", "reply", "552 5.3.4 Message too big", { path: path({ outbound: sent }) });
    expect(codesOf(observation)).toEqual(["size-cliff"]);
    expect(findingOf(observation, "size-cliff").title).toBe("mx1.example.test refuses messages that grow beyond 4096 bytes");
  });

  test("a refusal before the first byte is the envelope's", () => {
    const observation = broken("data-ladder", "refused", "reply", "554 No valid recipients", {
      path: path({ outbound: outbound({ rungs: [rung(1500)] }) }),
    });
    expect(codesOf(observation)).toContain("envelope-refused");
  });

  test("silence is the path's", () => {
    expect(codesOf(broken("data-ladder", "stalled", "timeout", null, { path: path() }))).toEqual(["healthy"]);
  });
});

test.each<[Stage, StageOutcome, StageCause, string | null]>([
  // Long NOOP lines are not everyone's taste.
  ["noop-ladder", "failed", "closed", null],
  ["noop-ladder", "refused", "reply", "500 Line too long"],
  // Nothing that the host did.
  ["envelope", "skipped", "needs", null],
  ["data-ladder", "failed", "deadline", null],
  ["envelope", "skipped", "not-wanted", null],
  // How a host behaves at QUIT is of no interest to mail.
  ["quit", "failed", "reset", null],
])("%s %s by %s gives nothing", (name, outcome, cause, reply) => {
  const observation = probeOf({ stages: stagesUntil(stage(name, outcome, cause, reply)) });
  expect(codesOf(observation)).toEqual(["healthy"]);
});

describe("a device that names itself", () => {
  const said = (text: string) => wordsOf(findingOf(probeOf({ greeting: { text, mask: "none" } }), "healthy"));
  test.each([
    ["220 CheckPoint FireWall-1 secure ESMTP server", "Check Point"],
    ["220 mx ESMTP (0123456789abcdef0123456789abcdef)", "Barracuda"],
    ["220 mx ESMTP Smtpd; Mon, 1 Jan 2026 00:00:00 +0000", "FortiMail"],
    ["220 mx ESMTP Symantec Messaging Gateway", "Symantec"],
    ["220-mx ESMTP\n220 mx AsyncOS", "IronPort"],
    ["220-InterScan Messaging Security", "Trend Micro"],
    ["220 mx WebShielde1000/SMTP Ready.", "McAfee"],
    ["220 mx SMTP/smap Ready.", "smap"],
    ["220 mx avast! SMTP proxy ready.", "avast"],
    ["220 AVG ESMTP Proxy Server", "AVG"],
    ["220 mx ESMTP spamd IP-based SPAM blocker", "spamd"],
  ])("%s", (greeting, device) => {
    const words = said(greeting);
    expect(words).toContain(device);
    expect(words, "information, no accusation").toContain("That alone is no fault");
  });
  test.each(["220 mx ESMTP Postfix", "220 mx ESMTP (not hex)", "220 mx ESMTP Sendmail 8.17; Mon"])("%s names none", (greeting) => {
    expect(said(greeting)).not.toContain("For information");
  });
});
