import type { FindingCode, StageCause } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, wordsOf } from "../found.ts";
import { control, deadControl, hop, host, owner, path, probe, stage, stagesUntil, unreachableHost, untested } from "../observation.ts";

test.each<[StageCause, FindingCode, string]>([
  ["refused", "connect-refused", "mx1.example.test [203.0.113.25] refuses connections"],
  ["reset", "connect-refused", "mx1.example.test [203.0.113.25] refuses connections"],
  ["timeout", "connect-timeout", "mx1.example.test [203.0.113.25] does not answer connections"],
  ["unreachable", "connect-timeout", "mx1.example.test [203.0.113.25] cannot be reached"],
])("%s: %s", (cause, code, title) => {
  const observation = probe([unreachableHost(cause)]);
  expect(codesOf(observation)).toEqual([code]);
  expect(findingOf(observation, code)).toMatchObject({
    severity: "critical",
    confidence: "proven",
    title,
    subject: { host: "mx1.example.test", address: "203.0.113.25", port: 25 },
  });
});

test("of several addresses only the dead one is spoken of, and mail is not called healthy", () => {
  const observation = probe([host(), unreachableHost("timeout", { address: "203.0.113.26" })]);
  expect(codesOf(observation)).toEqual(["connect-timeout"]);
  expect(findingOf(observation, "connect-timeout").subject.address).toBe("203.0.113.26");
});

describe("what else is known of a silent host", () => {
  const words = (other: Parameters<typeof path>[0], controls = [control()]) =>
    wordsOf(
      findingOf(probe([unreachableHost("timeout", { path: path({ outbound: untested(), ...other }) })], { controls }), "connect-timeout"),
    );
  test("SYNs end far from us", () => {
    expect(words({ portBlockedAt: owner(6, "198.51.100.6", { name: "core.example.net" }) })).toContain(
      "get as far as 198.51.100.6 (core.example.net) (hop 6) and no farther",
    );
  });
  test("the machine answers otherwise", () => {
    expect(words({ hops: [hop(1), hop(2, { address: "203.0.113.25", final: true })] })).toContain(
      "Other packets reach the machine itself (hop 2)",
    );
  });
  test("the last router that answers", () => {
    expect(words({ hops: [hop(1), hop(2), hop(3, { address: null, small: "silent" })] })).toContain(
      "The last router that answers on the way is 198.51.100.2 (hop 2).",
    );
  });
  test("controls acquit us", () => {
    expect(words({})).toContain("Unrelated control hosts could be connected to at the same time (1)");
    expect(words({}, [control(), deadControl("dead.test")])).toContain("at the same time (1)");
    expect(words({}, [])).not.toContain("control hosts");
  });
});

test.each<StageCause>(["policy", "local", "deadline", "cancelled"])("%s is no fault of the host's", (cause) => {
  const observation = probe([unreachableHost("timeout", { stages: stagesUntil(stage("connect", "failed", cause)) })]);
  expect(codesOf(observation).filter((code) => code.startsWith("connect"))).toEqual([]);
});
