import type { MailHostObservation, ProbeReport } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { findOurSide, ourSideOf, renderDiagnosisMarkdown, renderReportText, sideWitnessOf } from "../src/index.ts";
import { blackHole, host, outbound, path, reportOf, stage, stagesUntil, unreachableHost } from "./observation.ts";

const at = (number: number, other: Partial<MailHostObservation> = {}) => ({
  name: `mx.org${number}.test`,
  address: `198.51.${number}.25`,
  ...other,
});
const target = (number: number) => ({ target: `org${number}.test` });
const dead = (number: number, other: Partial<MailHostObservation> = {}) =>
  reportOf([unreachableHost("timeout", at(number, other))], target(number));
const fine = (number: number) => reportOf([host(at(number))], target(number));
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const found = (reports: readonly ProbeReport[]) => findOurSide(reports).map(({ findings }) => findings.map(({ code }) => code));

describe("a fault on our side", () => {
  test("is in each document that it concerns, first, and marks what it explains", () => {
    const reports = findOurSide(numbers(4).map((number) => dead(number)));
    for (const { findings, domain } of reports) {
      expect(findings).toMatchObject([
        { code: "our-side", severity: "critical", absorbs: ["connect-timeout"], subject: { host: null, address: null } },
        { code: "connect-timeout", explainedBy: "our-side" },
      ]);
      expect(domain?.delivers).toBe("unknown");
    }
  });

  test("one of five that fails otherwise changes nothing, and is not marked", () => {
    const refused = reportOf([unreachableHost("refused", at(5))], target(5));
    expect(found([...numbers(4).map((number) => dead(number)), refused])).toEqual([
      ...numbers(4).map(() => ["our-side", "connect-timeout"]),
      ["connect-refused"],
    ]);
  });

  test.each<[string, ProbeReport[]]>([
    ["three destinations only", numbers(3).map((number) => dead(number))],
    ["one that works", [...numbers(9).map((number) => dead(number)), fine(10)]],
    ["four domains of one relay", numbers(4).map((number) => dead(number, { name: "mx.relay.test", address: `198.51.${number}.25` }))],
    ["four hosts of one network", numbers(4).map((number) => dead(number, { address: `198.51.100.${number}` }))],
    [
      "two in five that fail otherwise",
      [
        ...numbers(4).map((number) => dead(number)),
        ...[5, 6].map((number) => reportOf([unreachableHost("refused", at(number))], target(number))),
      ],
    ],
  ])("not with %s", (_name, reports) => {
    expect(found(reports).flat()).not.toContain("our-side");
  });

  test("large packets that are lost everywhere at one size", () => {
    const lost = (number: number, mtu: number) =>
      reportOf([host({ ...at(number), path: path({ outbound: blackHole({ mtu }) }) })], target(number));
    expect(found(numbers(4).map((number) => lost(number, 1400)))[0]).toEqual(["our-side", "pmtu-black-hole"]);
    expect(found([...numbers(3).map((number) => lost(number, 1400)), lost(4, 1300)]).flat()).not.toContain("our-side");
    expect(found([...numbers(4).map((number) => lost(number, 1400)), fine(5)]).flat()).not.toContain("our-side");
    const limited = reportOf([host({ ...at(5), path: path({ outbound: outbound({ mtu: 1300, limitedBy: "peer-mss" }) }) })], target(5));
    expect(found([...numbers(4).map((number) => lost(number, 1400)), limited])[0]).toContain("our-side");
  });

  test("rejections that name one list", () => {
    const listed = (number: number, list: string) =>
      reportOf(
        [host({ ...at(number), stages: stagesUntil(stage("envelope", "refused", "reply", `554 blocked using ${list}`)) })],
        target(number),
      );
    expect(found(numbers(4).map((number) => listed(number, "zen.example.org")))[0]).toEqual(["our-side", "rejected-recipient"]);
    expect(found(numbers(4).map((number) => listed(number, `list${number}.example.org`))).flat()).not.toContain("our-side");
  });

  test("is written out once in a report and a ticket; what it explains is short", () => {
    const [report] = findOurSide(numbers(4).map((number) => dead(number)));
    if (report === undefined) throw new Error("no report");
    const text = renderReportText(report, { width: 100, colour: false });
    expect(text.match(/How we know/g)).toHaveLength(1);
    expect(text).toContain("Explained by our-side.");
    const times = { createdAt: report.startedAt, expiresAt: report.startedAt };
    const shared = {
      schema: "mxray.diagnosis/1",
      ...times,
      note: null,
      redacted: false,
      report,
      comparison: null,
      vantages: null,
    } as const;
    const markdown = renderDiagnosisMarkdown(shared);
    expect(markdown.match(/How we know/g)).toHaveLength(1);
    expect(markdown).toContain("Explained by `our-side`.");
  });

  test("IPv6 alone: said once, and not of IPv4", () => {
    const both = (number: number) =>
      reportOf(
        [unreachableHost("timeout", { ...at(number), family: 6, address: `2001:db8:${number}::25` }), host(at(number))],
        target(number),
      );
    const [first] = findOurSide(numbers(4).map(both));
    expect(first?.findings.filter(({ code }) => code === "our-side")).toMatchObject([{ title: expect.stringContaining("over IPv6") }]);
    expect(found(numbers(4).map((number) => dead(number)))[0]?.filter((code) => code === "our-side")).toHaveLength(1);
  });
});

describe("our side over time", () => {
  const HOUR = 3_600_000;
  const seen = (report: ProbeReport, at: number) => sideWitnessOf(report, report.findings, at);
  const failing = (at: number) => numbers(4).map((number) => seen(dead(number), at));

  test("is said of the latest results, and since when they fail", () => {
    const ours = ourSideOf([...numbers(5).map((number) => seen(fine(number), HOUR)), ...failing(2 * HOUR), ...failing(3 * HOUR)]);
    expect(ours?.finding).toMatchObject({ code: "our-side", since: new Date(2 * HOUR).toISOString() });
    expect(ours?.witnesses.map(({ at }) => at)).toEqual([3, 3, 3, 3].map((hours) => hours * HOUR));
  });

  test("ends with the first that works, and not before", () => {
    expect(ourSideOf(failing(HOUR))).not.toBeNull();
    expect(ourSideOf([...failing(HOUR), seen(fine(3), 2 * HOUR)])).toBeNull();
  });

  test("is not said of dead hosts beside one that worked an interval ago", () => {
    const rounds = [1, 2, 3].flatMap((hours) => failing(hours * HOUR));
    expect(ourSideOf([...rounds, seen(fine(5), 3 * HOUR - 1)])).toBeNull();
  });

  test("accounts for the findings of its destinations only", () => {
    const ours = ourSideOf(failing(HOUR));
    const timeout = (address: string | null) => ({ code: "connect-timeout" as const, subject: { host: null, address, port: 25 } });
    expect(ours?.explains(timeout("198.51.3.25"))).toBe(true);
    expect(ours?.explains(timeout("198.51.9.25"))).toBe(false);
    expect(ours?.explains({ ...timeout("198.51.3.25"), code: "greeting-timeout" })).toBe(false);
    expect(ours?.explains({ ...timeout(null), code: "port-25-blocked" })).toBe(true);
    expect(ours?.explains({ ...timeout(null), code: "local-mtu" })).toBe(false);
  });

  test("several ways to fail are one finding", () => {
    const both = (number: number) =>
      reportOf(
        [
          host({
            ...at(number),
            path: path({ outbound: blackHole({ mtu: 1400 }) }),
            stages: stagesUntil(stage("starttls", "stalled", "timeout")),
          }),
        ],
        target(number),
      );
    const ours = ourSideOf(numbers(4).map((number) => seen(both(number), HOUR)));
    expect(ours?.finding.title).toContain("TLS handshakes and packets of more than 1400 bytes");
    const ids = ours?.finding.remedies.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.join(" ")).toContain("mtu");
  });
});
