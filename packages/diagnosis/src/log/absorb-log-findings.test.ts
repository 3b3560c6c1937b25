import type { Finding, FindingCode } from "@mxray/contracts";
import { expect, test } from "vitest";
import { findingOfTarget } from "../finding-draft.ts";
import { absorbLogFindings } from "./absorb-log-findings.ts";

const NOON = "2026-03-01T12:00:00.000Z";

function finding(code: FindingCode, address: string | null): Finding {
  const source = code.startsWith("log-") ? ("log" as const) : ("probe" as const);
  return findingOfTarget(
    { code, confidence: "proven", title: code, summary: code, evidence: [{ at: NOON, source, text: code, data: { line: 1 } }] },
    { address },
  );
}

const shown = (findings: readonly Finding[]) => findings.map(({ code, absorbs }) => [code, ...absorbs].join(" "));

test("a black hole takes the signs of the same peer in, as evidence", () => {
  const merged = absorbLogFindings(
    [finding("pmtu-black-hole", "192.0.2.1")],
    [finding("log-size-correlated", "192.0.2.1"), finding("log-outbound-stalls", "192.0.2.1"), finding("log-outbound-stalls", "192.0.2.9")],
  );
  expect(shown(merged)).toEqual(["pmtu-black-hole log-outbound-stalls log-size-correlated", "log-outbound-stalls"]);
  expect(merged[0]?.evidence.map(({ source, data }) => [source, data.finding])).toEqual([
    ["probe", undefined],
    ["log", "log-size-correlated"],
    ["log", "log-outbound-stalls"],
  ]);
  expect(merged[1]?.subject.address).toBe("192.0.2.9");
});

test("each sign goes to the cause that explains it best", () => {
  const merged = absorbLogFindings(
    [finding("pmtu-black-hole", "2001:db8::1"), finding("pmtu-black-hole-inbound", "2001:db8::1"), finding("smtp-fixup", "2001:db8::1")],
    (["log-pix-workarounds", "log-inbound-stalls", "log-outbound-stalls"] as const).map((code) => finding(code, "2001:DB8:0::1")),
  );
  expect(shown(merged)).toEqual([
    "pmtu-black-hole log-outbound-stalls",
    "pmtu-black-hole-inbound log-inbound-stalls",
    "smtp-fixup log-pix-workarounds",
  ]);
});

test.each<[FindingCode, FindingCode]>([
  ["pmtu-reduced", "log-outbound-stalls"],
  ["healthy", "log-size-correlated"],
  ["pmtu-black-hole", "log-deferred-backlog"],
  ["smtp-fixup", "log-client-errors"],
])("%s does not absorb %s", (cause, sign) => {
  const merged = absorbLogFindings([finding(cause, "192.0.2.1")], [finding(sign, "192.0.2.1")]);
  expect(merged.map(({ code }) => code).toSorted()).toEqual([cause, sign].toSorted());
  expect(merged.every(({ absorbs }) => absorbs.length === 0)).toBe(true);
});

test("without an address nothing is the same peer", () => {
  expect(absorbLogFindings([finding("pmtu-black-hole", null)], [finding("log-outbound-stalls", null)])).toHaveLength(2);
});

test("absorbing again changes nothing", () => {
  const once = absorbLogFindings([finding("dotcrlf-split", "192.0.2.1")], [finding("log-outbound-stalls", "192.0.2.1")]);
  expect(absorbLogFindings(once, [])).toEqual(once);
});

test("our side that probes and a log show to fail alike is one finding", () => {
  const side = (code: FindingCode, fault: string): Finding => {
    const one = finding(code, null);
    return { ...one, evidence: one.evidence.map((row) => ({ ...row, data: { fault } })) };
  };
  const merged = (fault: string) => shown(absorbLogFindings([side("our-side", "connections")], [side("log-our-side", fault)]));
  expect(merged("connections")).toEqual(["our-side log-our-side"]);
  expect(merged("tls")).toEqual(["our-side", "log-our-side"]);
});

test.each<[string, FindingCode, readonly string[], readonly string[]]>([
  ["what runs out", "host-files", ["open-files"], ["host-files log-resources"]],
  ["another thing that runs out", "host-memory", ["open-files"], ["host-memory", "log-resources"]],
  ["more than that", "host-files", ["open-files", "processes"], ["host-files", "log-resources"]],
])("the machine's gauges explain what the log says of its resources: %s", (_what, code, troubles, expected) => {
  const row = (trouble: string) => ({ at: NOON, source: "log" as const, text: trouble, data: { trouble } });
  const machine = finding(code, null);
  const sign = { ...finding("log-resources", null), evidence: troubles.map(row) };
  expect(shown(absorbLogFindings([machine], [sign])).toSorted()).toEqual(expected.toSorted());
});
