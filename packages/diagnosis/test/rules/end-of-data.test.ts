import type { EndOfDataOutcome, FindingCode } from "@mxray/contracts";
import { expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, stage } from "../observation.ts";

const tried = (whole: EndOfDataOutcome, split: EndOfDataOutcome) =>
  probeOf({
    endOfData: { whole, split, recipient: "test@example.test", messageIds: [] },
    stages: [...host().stages, stage("end-of-data", whole === "ok" && split === "ok" ? "ok" : "stalled", "timeout")],
  });

test.each<[EndOfDataOutcome, EndOfDataOutcome, FindingCode]>([
  ["ok", "stalled", "dotcrlf-split"],
  ["ok", "closed", "dotcrlf-split"],
  ["ok", "ok", "healthy"],
  // A refusal is an answer.
  ["ok", "rejected", "healthy"],
  ["rejected", "rejected", "healthy"],
  ["not-tested", "not-tested", "healthy"],
  // Both hang: a slow filter, not this fault.
  ["stalled", "not-tested", "inconclusive"],
  ["stalled", "stalled", "inconclusive"],
])("whole %s, split %s: %s", (whole, split, code) => {
  expect(codesOf(tried(whole, split))).toEqual([code]);
  if (code === "inconclusive") expect(findingOf(tried(whole, split), code).confidence).toBe("suspected");
});

test("proven by experiment, with the releases that have it and the ways out", () => {
  const finding = findingOf(tried("ok", "stalled"), "dotcrlf-split");
  expect(finding).toMatchObject({ severity: "critical", confidence: "proven" });
  expect(wordsOf(finding)).toContain("What end-of-data ran into.");
  expect(wordsOf(finding)).toContain("CSCds90792: before 5.2(4) and 6.0(1)");
  const steps = (id: string) => finding.remedies.find((remedy) => remedy.id === id)?.steps;
  expect(steps("postfix-pix-workaround-now")).toContain("203.0.113.25/32 disable_esmtp,delay_dotcrlf");
  expect(steps("pix-no-fixup-smtp")).toContain("no fixup protocol smtp 25");
});
