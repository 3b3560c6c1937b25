import type { Confidence, GreetingMask, MailHostObservation } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, outbound, path, stage, untested } from "../observation.ts";

const PIX = "220 **********0******0****20 ****200**0***";
const ASA = `220 ${"*".repeat(60)}`;
const FULL = "*".repeat(40);
const PARTIAL = "220 mx ************ ESMTP";

const greeting = (text: string, mask: GreetingMask): Partial<MailHostObservation> => ({ greeting: { text, mask } });
const ehlo = (other: Partial<MailHostObservation["ehlo"]>): Partial<MailHostObservation> => ({ ehlo: { ...host().ehlo, ...other } });
const refused = ehlo({ refused: true, helo: true, keywords: [] });
const masked = ehlo({ keywords: ["PIPELINING"], masked: ["XXXXXXXA"] });
const mss: Partial<MailHostObservation> = { path: path({ mss: { ours: 1460, peer: 1380 } }) };
const longCommands: Partial<MailHostObservation> = {
  stages: host().stages.map((each) => (each.stage === "noop-ladder" ? stage("noop-ladder", "stalled", "timeout") : each)),
};

type Case = [name: string, signs: Partial<MailHostObservation>, confidence: Confidence, generation: string];
describe("signs that make a finding", () => {
  test.each<Case>([
    ["Postfix's rule alone", greeting(PIX, "pix"), "likely", "PIX 5.1 to 6.x"],
    ["Postfix's rule, EHLO refused", { ...greeting(PIX, "pix"), ...refused }, "proven", "PIX 5.1 to 6.x"],
    ["asterisks only, code included, EHLO refused", { ...greeting(FULL, "full"), ...refused }, "proven", "PIX before release 5.1"],
    ["220 and asterisks", greeting(ASA, "full"), "likely", "ASA or a PIX from release 7"],
    ["220 and asterisks, EHLO refused", { ...greeting(ASA, "pix"), ...refused }, "proven", "PIX 5.1 to 6.x"],
    ["220 and asterisks, keywords painted over", { ...greeting(ASA, "full"), ...masked }, "proven", "ASA or a PIX from release 7"],
    ["keywords alone", masked, "likely", "ASA or a PIX from release 7"],
    ["keywords and an MSS of 1380", { ...masked, ...mss }, "proven", "ASA or a PIX from release 7"],
    [
      "a partly masked greeting and EHLO refused",
      { ...greeting(PARTIAL, "partial"), ...refused },
      "likely",
      "does not identify the device",
    ],
    ["a masked greeting and long commands lost", { ...greeting(PIX, "pix"), ...longCommands }, "proven", "PIX 5.1 to 6.x"],
    ["long commands lost and an MSS of 1380", { ...longCommands, ...mss }, "suspected", "does not identify the device"],
  ])("%s: %s", (_name, signs, confidence, generation) => {
    const finding = findingOf(probeOf(signs), "smtp-fixup");
    expect(finding).toMatchObject({ severity: "warning", confidence });
    expect(finding.summary).toContain(generation);
    expect(codesOf(probeOf(signs))).not.toContain("healthy");
  });

  test("all of them are one finding that lists each", () => {
    const all = {
      ...greeting(PIX, "pix"),
      ...longCommands,
      ...mss,
      ...ehlo({ refused: true, helo: true, keywords: [], masked: ["XXXXXXXA"] }),
    };
    expect(codesOf(probeOf(all)).filter((code) => code === "smtp-fixup")).toHaveLength(1);
    const finding = findingOf(probeOf(all), "smtp-fixup");
    expect(finding.summary).toMatch(
      /^5 signs: the masked greeting, EHLO refused, EHLO keywords masked, long commands lost and a segment size of 1380\./,
    );
    expect(wordsOf(finding)).toContain(`'${PIX}'`);
  });

  test("the remedies turn it off by generation, and keep mail moving meanwhile", () => {
    const ids = findingOf(probeOf({ ...greeting(PIX, "pix"), ...refused }), "smtp-fixup").remedies.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        "pix-no-mailhost",
        "pix-no-fixup-smtp",
        "asa-no-inspect-esmtp",
        "ios-no-inspect-smtp",
        "postfix-discard-ehlo-keywords",
      ]),
    );
  });
});

describe("near-misses", () => {
  test.each<[string, Partial<MailHostObservation>]>([
    ["a few asterisks among words", greeting("220 *** mx ESMTP *** welcome ***", "none")],
    ["a partly masked greeting alone", greeting(PARTIAL, "partial")],
    ["an MSS of 1380 alone", mss],
    ["another MSS", { path: path({ mss: { ours: 1460, peer: 1400 } }) }],
    ["long commands lost alone", longCommands],
    ["EHLO refused behind a greeting in clear", refused],
    [
      "long commands lost where nothing is known of the path",
      { ...longCommands, path: path({ mss: { ours: 1460, peer: 1380 }, outbound: untested() }) },
    ],
    [
      "long commands lost in a black hole",
      { ...longCommands, path: path({ mss: { ours: 1460, peer: 1380 }, outbound: outbound({ verdict: "black-hole", mtu: 1400 }) }) },
    ],
    [
      "a ladder that the deadline ended",
      { ...mss, stages: host().stages.map((each) => (each.stage === "noop-ladder" ? stage("noop-ladder", "failed", "deadline") : each)) },
    ],
  ])("%s", (_name, signs) => {
    expect(codesOf(probeOf(signs))).not.toContain("smtp-fixup");
  });
});

describe("STARTTLS behind a mask is tried, not declared missing", () => {
  const behind = (outcome: "ok" | "refused") =>
    probeOf({
      ...greeting(ASA, "full"),
      ...masked,
      tls: {
        offered: false,
        attempted: true,
        protocol: null,
        cipher: null,
        authorizationError: null,
        certificate: null,
        handshakeMs: null,
      },
      stages: host().stages.map((each) =>
        each.stage === "starttls"
          ? stage("starttls", outcome, outcome === "ok" ? null : "reply", outcome === "ok" ? null : "500 no")
          : each,
      ),
    });
  test("it works", () => {
    expect(codesOf(behind("ok"))).toEqual(["smtp-fixup"]);
    expect(wordsOf(findingOf(behind("ok"), "smtp-fixup"))).toContain("works all the same when it is sent");
  });
  test("it does not", () => {
    expect(codesOf(behind("refused"))).toEqual(["smtp-fixup", "starttls-masked"]);
  });
});
