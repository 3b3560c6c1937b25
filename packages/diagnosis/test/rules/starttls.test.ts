import type { FindingCode, MailHostObservation, MtaStsPolicy, StageCause, StageOutcome, TlsDemand } from "@mxray/contracts";
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
  // What was said is certain; what broke without a word may have been a burst of loss.
  expect(finding).toMatchObject({ severity: "warning", confidence: cause === "reply" ? "proven" : "likely" });
  expect(wordsOf(finding)).toContain(words);
});

test("a handshake that broke on two connections alike is proven", () => {
  const stages = host().stages.map((each) => (each.stage === "starttls" ? { ...stage("starttls", "failed", "reset"), attempts: 2 } : each));
  expect(findingOf(probeOf({ tls: tls(true), stages }), "starttls-failed")).toMatchObject({ confidence: "proven" });
});

describe("what it means for mail is judged by what the domain demands", () => {
  const none: TlsDemand = {
    mtaSts: { record: "absent", mode: null, mx: [], reason: null },
    tlsa: [{ host: "mx1.example.test", record: "absent" }],
  };
  const policy = (other: Partial<MtaStsPolicy>): TlsDemand => ({
    ...none,
    mtaSts: { record: "present", mode: "enforce", mx: ["*.example.test"], reason: null, ...other },
  });
  const said = (tlsDemand: TlsDemand | undefined, cause: StageCause = "reset") => {
    const observation = {
      ...ended(cause === "timeout" ? "stalled" : "failed", cause, null),
      ...(tlsDemand === undefined ? {} : { tlsDemand }),
    };
    const finding = findingOf(observation, "starttls-failed");
    return { effect: finding.evidence.flatMap(({ data }) => data.effect ?? [])[0], summary: finding.summary };
  };

  test.each<[string, TlsDemand | undefined, string, string]>([
    ["nothing", none, "drops-encryption", "Mail is delivered in clear text"],
    ["a TLSA record", { ...none, tlsa: [{ host: "mx1.example.test", record: "present" }] }, "stops-mail", "keep the mail until TLS works"],
    [
      "a TLSA record of another host",
      { ...none, tlsa: [...none.tlsa, { host: "mx2.example.test", record: "present" }] },
      "drops-encryption",
      "no TLSA record",
    ],
    ["MTA-STS that enforces", policy({}), "stops-mail", "MTA-STS policy says enforce"],
    [
      "MTA-STS that names other hosts",
      policy({ mx: ["mx9.example.test", "*.mx1.example.test"] }),
      "drops-encryption",
      "does not name this host",
    ],
    ["MTA-STS that tests", policy({ mode: "testing" }), "drops-encryption", "in mode testing"],
    ["a policy that could not be read", policy({ mode: null, reason: "status 404." }), "unknown", "MTA-STS policy (status 404)"],
    ["a name server without an answer", { ...none, tlsa: [{ host: "mx1.example.test", record: "unknown" }] }, "unknown", "its TLSA record"],
    ["nobody asked", undefined, "unknown", "was not looked up"],
  ])("%s", (_name, demand, effect, words) => {
    expect(said(demand)).toMatchObject({ effect, summary: expect.stringContaining(words) });
  });

  test("a handshake that hangs delays mail before it is sent in clear", () => {
    expect(said(none, "timeout").summary).toContain("Mail is delayed until the handshake times out");
  });

  test("a host without STARTTLS is a finding only where the domain demands TLS", () => {
    const plain = { ...ended("skipped", "not-offered", null, { tls: tls(false) }) };
    expect(codesOf({ ...plain, tlsDemand: none })).toEqual(["healthy"]);
    expect(codesOf({ ...plain, tlsDemand: policy({}) })).toEqual(["starttls-failed"]);
  });
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
