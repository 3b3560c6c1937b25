import type { FindingCode, LookupFailure, Resolution } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, wordsOf } from "../found.ts";
import { host, probe } from "../observation.ts";

const resolution = (other: Partial<Resolution>): Resolution => ({
  kind: "none",
  records: [],
  error: null,
  failure: null,
  unresolved: [],
  ...other,
});
const failed = (kind: Resolution["kind"], failure: LookupFailure) =>
  probe([], { resolution: resolution({ kind, failure, error: "It failed." }) });

test.each<[Resolution["kind"], LookupFailure, FindingCode | null, string | null]>([
  ["none", "no-such-name", "no-mail-host", "does not exist"],
  ["none", "no-data", "no-mail-host", "has no mail host"],
  ["implicit-mx", "no-data", "no-mail-host", "has no mail host"],
  ["none", "timeout", "mx-unresolvable", "no name server answered in time"],
  ["none", "server-failure", "mx-unresolvable", "answer with a failure"],
  ["none", "refused", "mx-unresolvable", "refuses to answer"],
  ["address", "timeout", "mx-unresolvable", "cannot be looked up"],
  // An address of the family that was not asked for.
  ["address", "no-data", null, null],
])("%s, %s: %s", (kind, failure, code, words) => {
  const observation = failed(kind, failure);
  expect(codesOf(observation)).toEqual(code === null ? [] : [code]);
  if (code === null || words === null) return;
  const finding = findingOf(observation, code);
  expect(wordsOf(finding)).toContain(words);
  expect(finding.severity).toBe("critical");
  expect(finding.confidence).toBe(code === "no-mail-host" ? "proven" : "likely");
  expect(finding.subject).toEqual({ host: "example.test", address: null, port: null });
  expect(finding.remedies.map(({ id }) => id)).toContain("dns-publish-mail-host");
});

describe("MX records without an address", () => {
  const records = [
    { preference: 10, exchange: "mx1.example.test" },
    { preference: 20, exchange: "192.0.2.1" },
  ];
  const unresolved = [
    { exchange: "mx1.example.test", failure: "no-data" },
    { exchange: "192.0.2.1", failure: "bad-name" },
  ] as const;
  test("none of them: proven, each with what the DNS said", () => {
    const observation = probe([], { resolution: resolution({ kind: "mx", records, unresolved: [...unresolved], error: "No address." }) });
    const finding = findingOf(observation, "mx-unresolvable");
    expect(finding.confidence).toBe("proven");
    expect(wordsOf(finding)).toContain("192.0.2.1: it is no host name (an MX record must not hold an address).");
    expect(wordsOf(finding)).toContain("mx1.example.test: the name has no address.");
  });

  test("a failure that may pass makes it likely only", () => {
    const passing = [{ exchange: "mx1.example.test", failure: "timeout" as const }];
    const [only] = records;
    const observation = (named: typeof records) =>
      probe([], { resolution: resolution({ kind: "mx", records: named, unresolved: passing, error: "No address." }) });
    expect(findingOf(observation(records), "mx-unresolvable")).toMatchObject({
      confidence: "likely",
      summary: expect.stringContaining("as its mail hosts, and the DNS gives no address for any of them"),
    });
    expect(findingOf(observation(only ? [only] : []), "mx-unresolvable").summary).toContain(
      "as its mail host, and the DNS gives no address for it.",
    );
  });

  test("some of them: a word in the evidence, no finding of its own", () => {
    const observation = probe([host()], {
      resolution: resolution({ kind: "mx", records, unresolved: [unresolved[1]], error: "One has none." }),
    });
    expect(codesOf(observation)).toEqual(["healthy"]);
    expect(wordsOf(findingOf(observation, "healthy"))).toContain("192.0.2.1 (it is no host name");
  });
});

test("a null MX is information, not a fault", () => {
  const observation = probe([], {
    resolution: resolution({ kind: "null-mx", records: [{ preference: 0, exchange: "." }], error: "It takes no mail." }),
  });
  expect(codesOf(observation)).toEqual(["null-mx"]);
  expect(findingOf(observation, "null-mx")).toMatchObject({ severity: "info", confidence: "proven" });
});
