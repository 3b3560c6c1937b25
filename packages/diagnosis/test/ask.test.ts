/** What the reader of a diagnosis is asked to do: whom, where and with which numbers. */
import { type Ask, askOf, FINDING_CODES, type ProbeReport } from "@mxray/contracts";
import { remediesFor } from "@mxray/diagnosis";
import { describe, expect, it } from "vitest";
import { blackHole, host, inbound, owner, path, reportOf } from "./observation.ts";

function askOfFirst(report: ProbeReport): Ask {
  const [finding] = report.findings;
  const ask = finding === undefined ? null : askOf(report, finding);
  if (ask === null) throw new Error("Nobody is asked anything.");
  return ask;
}
const textOf = ({ steps }: Ask) => steps.map(({ text }) => text).join("\n");

describe("a black hole", () => {
  const between = [owner(3, "198.51.100.10", { name: "r3.example.net", as: { number: 64498, name: "EXAMPLE" } }), owner(4)] as const;
  const placed = reportOf([host({ path: path({ outbound: blackHole(), lostBetween: [...between] }) })]);

  it("is for the network team, with the link, the sizes and the segment that fits", () => {
    const ask = askOfFirst(placed);
    expect(ask.audience).toBe("network");
    expect(ask.numbers).toEqual([
      ["Direction", expect.stringMatching(/^client\.example\.org → mx1\.example\.test \[203\.0\.113\.25\]$/)],
      ["Largest packet that passes", "1400 bytes"],
      ["Packets lost", "1401 to 1500 bytes"],
      ["TCP segment (MSS) that fits", "1360 bytes; in use: 1460"],
      ["Too big between", "hop 3, 198.51.100.10 (r3.example.net, AS64498 EXAMPLE) and hop 4, 198.51.100.4"],
      ["Certainty", "proven"],
    ]);
    expect(textOf(ask)).toContain("ICMP type 3 code 4");
    expect(textOf(ask)).toContain("clamp the TCP MSS to 1360 bytes");
    const [, fix, clamp] = ask.steps;
    expect(new Set(fix?.remedies.map(({ kind, audience }) => `${audience} ${kind}`))).toEqual(new Set(["network fix"]));
    expect(new Set(clamp?.remedies.map(({ kind, audience }) => `${audience} ${kind}`))).toEqual(new Set(["network workaround"]));
  });

  it("accuses no router of dropping the message, placed or not", () => {
    const unplaced = reportOf([host({ path: path({ outbound: blackHole() }) })]);
    for (const report of [placed, unplaced]) {
      const text = textOf(askOfFirst(report));
      expect(text).not.toMatch(/router (?:drops|blocks|filters|discards)/i);
      expect(text).toContain("cannot show where the message is lost");
    }
    expect(textOf(askOfFirst(unplaced))).toContain("between which routers it lies could not be seen");
  });

  it("on the way back turns the direction, and speaks of the mail host as the one to be told", () => {
    const ask = askOfFirst(
      reportOf([host({ path: path({ inbound: inbound({ verdict: "black-hole", mtu: 1300, confidence: "proven" }) }) })]),
    );
    expect(ask.numbers[0]?.[1]).toMatch(/^mx1\.example\.test \[203\.0\.113\.25\] → client\.example\.org$/);
    expect(textOf(ask)).toContain("must report this to mx1.example.test");
    expect(ask.numbers.map(([name]) => name)).not.toContain("Too big between");
  });
});

it("goes to whom it concerns: who can mend it, the network team before others", () => {
  const report = reportOf([host()]);
  const [finding] = report.findings;
  if (finding === undefined) throw new Error("The report is empty.");
  const audienceOf = (code: (typeof FINDING_CODES)[number]) =>
    askOf(report, { ...finding, code, remedies: remediesFor(code, {}) })?.audience;
  expect(audienceOf("smtp-fixup")).toBe("receiver");
  expect(audienceOf("dotcrlf-split")).toBe("receiver");
  expect(audienceOf("port-25-blocked")).toBe("network");
  expect(audienceOf("rate-limited")).toBe("sender");
  expect(audienceOf("healthy")).toBeUndefined();
  // Every remedy of the one who is asked stands below a step, none twice.
  for (const code of FINDING_CODES) {
    const remedies = remediesFor(code, {});
    const ask = askOf(report, { ...finding, code, remedies });
    const theirs = remedies.filter(({ audience }) => audience === ask?.audience).map(({ id }) => id);
    expect((ask?.steps ?? []).flatMap((step) => step.remedies.map(({ id }) => id)).toSorted(), code).toEqual(theirs.toSorted());
  }
});
