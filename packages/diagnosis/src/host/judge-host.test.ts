import type { HostSample } from "@mxray/contracts";
import { expect, test } from "vitest";
import type { HostCode } from "./host-rules.ts";
import { judgeHost } from "./judge-host.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
/** One sample each ten seconds; `value` by the number of the sample. */
function samplesOf(count: number, gauges: (index: number) => Record<string, readonly [number, number | null]>): HostSample[] {
  return Array.from({ length: count }, (_, index) => ({
    at: new Date(START + index * 10_000).toISOString(),
    gauges: Object.fromEntries(Object.entries(gauges(index)).map(([name, [value, limit]]) => [name, { value, limit }])),
  }));
}
const codes = (samples: readonly HostSample[], open: readonly HostCode[] = []) => {
  const { findings, ended } = judgeHost(samples, new Set(open));
  return [...findings.map(({ code }) => code), ...ended.map((code) => `ended ${code}`)];
};

test.each<[string, string, number, number | null]>([
  ["host-files", "openFiles", 9600, 10_000],
  ["host-files", "mailOpenFiles", 1000, 1024],
  ["host-processes", "processes", 32_000, 32_768],
  ["host-sockets", "conntrack", 262_144, 262_144],
  ["host-sockets", "listenOverflows", 3, null],
  ["host-io", "psiIoSome", 49, 100],
  ["host-io", "queueSpace", 97, 100],
  ["host-io", "queueInodes", 99, 100],
  ["host-memory", "psiMemorySome", 35, 100],
])("%s: %s at %d of %s for five minutes", (code, gauge, value, limit) => {
  const [finding] = judgeHost(samplesOf(31, () => ({ [gauge]: [value, limit] }))).findings;
  expect(finding).toMatchObject({ code, severity: "warning", evidence: [{ source: "host", data: { gauge, value, limit } }] });
  expect(codes(samplesOf(5, () => ({ [gauge]: [value, limit] }))), "less than a minute").toEqual([]);
  expect(codes(samplesOf(31, (index) => ({ [gauge]: [index === 30 ? value : 0, limit] }))), "one sample").toEqual([]);
});

test("sockets of clients that came in use no local port: their number is no verdict", () => {
  expect(codes(samplesOf(31, () => ({ localPorts: [28_232, 28_232] })))).toEqual([]);
});

test("a full disk is called full, not slow", () => {
  const titleOf = (gauge: string) => judgeHost(samplesOf(31, () => ({ [gauge]: [97, 100] }))).findings[0]?.title;
  expect(titleOf("queueInodes")).toBe("The disk of the mail queue is nearly full");
  expect(titleOf("psiIoSome")).toBe("Tasks on this machine wait for disks");
});

test("a minute of I/O is a backup that ends, not a finding", () => {
  expect(codes(samplesOf(31, (index) => ({ psiIoSome: [index < 24 ? 1 : 95, 100] })))).toEqual([]);
});

test("between the levels a finding neither opens nor ends; below, it ends", () => {
  const at = (value: number) => samplesOf(31, () => ({ openFiles: [value, 1000] }));
  expect(codes(at(850))).toEqual([]);
  expect(codes(at(850), ["host-files"])).toEqual([]);
  expect(codes(at(700), ["host-files"])).toEqual(["ended host-files"]);
});

test("what can no longer be read is not gone", () => {
  expect(
    codes(
      samplesOf(31, () => ({ sockets: [1, null] })),
      ["host-files", "queue-growing"],
    ),
  ).toEqual([]);
});

test("the evidence has the numbers, and the remedies twice the limit", () => {
  const samples = samplesOf(31, () => ({ mailOpenFiles: [1000, 1024], openFiles: [9512, 100_000] }));
  const [finding] = judgeHost(samples).findings;
  const [ofAgent] = judgeHost(samples, new Set(), "mx1").findings;
  expect([finding?.title, ofAgent?.title]).toEqual(["This machine runs out of open files", "mx1 runs out of open files"]);
  expect(ofAgent?.subject.host).toBe("mx1");
  expect(finding?.evidence[0]?.text).toBe(
    "Open files of one mail process: 1,000 of 1,024 (98 %). At 90 % or more in 13 of 13 samples over 2 minutes.",
  );
  expect(finding?.remedies.find(({ id }) => id === "linux-unit-files")?.steps).toContain("LimitNOFILE=2048\\n");
  expect(finding?.remedies.find(({ id }) => id === "linux-files-all")?.steps).toContain("fs.file-max=200000");
  expect(finding?.remedies[0]?.id, "the mildest first").toBe("linux-host-look");
});

test.each<[string, (index: number) => number, readonly string[]]>([
  ["steadily", (index) => 50 + 20 * index, ["queue-growing"]],
  ["not", () => 5000, []],
  ["in a burst that is delivered", (index) => (index > 10 && index < 20 ? 2000 : 10), []],
  ["by little", (index) => 1000 + index, []],
  ["and shrinks", (index) => 5000 - 100 * index, []],
])("a queue that grows %s", (_how, size, expected) => {
  expect(codes(samplesOf(31, (index) => ({ queueActive: [size(index), null], queueIncoming: [0, null] })))).toEqual(expected);
});

test("a queue that shrinks again ends it", () => {
  expect(
    codes(
      samplesOf(31, (index) => ({ queueActive: [5000 - 100 * index, null] })),
      ["queue-growing"],
    ),
  ).toEqual(["ended queue-growing"]);
});
