import type { ProbeReport, SharedDiagnosis } from "@mxray/contracts";
import { compareProbes, renderDiagnosisMarkdown } from "@mxray/diagnosis";
import { expect, it } from "vitest";
import { HOLE, hostOf, reportOf } from "./observation.ts";

const shared = (report: ProbeReport, over: Partial<SharedDiagnosis> = {}): SharedDiagnosis => ({
  schema: "mxray.diagnosis/1",
  createdAt: "2026-03-01T10:00:00.000Z",
  expiresAt: "2026-04-01T10:00:00.000Z",
  note: null,
  redacted: false,
  comparison: null,
  vantages: null,
  report,
  ...over,
});
/** As a reader sees it: without the backslashes that keep text from being markup. */
const read = (diagnosis: SharedDiagnosis) => renderDiagnosisMarkdown(diagnosis).replaceAll("\\", "");

it("several mail hosts stand in one table of stages, one does not need it", () => {
  const other = hostOf({ ...HOLE, host: { name: "mx2.example.test", address: "192.0.2.26", preference: 20 } });
  const text = read(shared(reportOf([hostOf(), other])));
  expect(text).toContain("## All mail hosts");
  expect(text).toMatch(/^\| MX \| Host \| Family \| Look up \| Connect \|/m);
  expect(text).toMatch(/^\| 20 \| mx2\.example\.test \[192\.0\.2\.26\] \| IPv4 \| ok, 1234 ms .* \| hung \|/m);
  expect(text).toContain("The path: this machine --X more than 1400 lost X-- 192.0.2.26");
  expect(read(shared(reportOf([hostOf()])))).not.toContain("All mail hosts");
});

it("a check shows before and now", () => {
  const [before, after] = [reportOf([hostOf(HOLE)]), reportOf([hostOf()])];
  const text = read(shared(after, { comparison: compareProbes(before, after) }));
  expect(text).toContain("- **fixed**: Packets of more than 1400 bytes are lost on the way to mx1.example.test");
  expect(text).toContain("- Packets of 1401 to 1500 bytes arrive now.");
  expect(text).toContain("| Outbound | black hole, 1400 bytes, proven | clear, 1500 bytes, proven |");
  expect(text).toContain("| NOOP ladder | hung | ok |");
});

it("a delivery test says to whom and what became of it; nothing in it is markup", () => {
  const endOfData = { whole: "ok", split: "stalled", recipient: "a*b@example.test", messageIds: [] } as const;
  const text = renderDiagnosisMarkdown(shared(reportOf([hostOf({ host: { endOfData: { ...endOfData, messageIds: [] } } })])));
  expect(text).toContain("a\\*b\\@example.test");
  expect(text).toContain("| split between the dot and CRLF | not answered |");
});
