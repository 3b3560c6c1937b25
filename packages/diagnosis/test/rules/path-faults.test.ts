import { describe, expect, test } from "vitest";
import { codesOf, findingOf, probeOf, wordsOf } from "../found.ts";
import { host, outbound, path, rung } from "../observation.ts";

const over = (...[other]: Parameters<typeof path>) => probeOf(host({ path: path(other) }));

describe("an inspection of commands", () => {
  const inspection = { confidence: "likely", size: 1500, lost: 3, arrived: 240, inPieces: null } as const;

  test("is a finding of its own, with its counts", () => {
    const observation = over({ commandInspection: inspection });
    expect(codesOf(observation)).toEqual(["command-inspection"]);
    const finding = findingOf(observation, "command-inspection");
    expect(finding).toMatchObject({ severity: "warning", confidence: "likely" });
    expect(wordsOf(finding)).toContain("3 NOOP lines in packets of 1500 bytes or more did not arrive; 240 packets of that size");
    expect(finding.remedies.map(({ id }) => id)).toContain("asa-no-inspect-esmtp");
  });

  test.each([
    ["lost", "the length of the command is the reason"],
    ["arrived", "single packets are judged"],
  ] as const)("the same line in small segments %s: what that means", (inPieces, words) => {
    expect(wordsOf(findingOf(over({ commandInspection: { ...inspection, inPieces } }), "command-inspection"))).toContain(words);
  });
});

describe("window scaling that is stripped", () => {
  const slow = outbound({
    verdict: "inconclusive",
    mtu: null,
    confidence: null,
    rungs: [rung(4096, "acked", { unit: "payload", ladder: "data", ms: 13_000 })],
  });

  test("is named with the window, the wait and that nothing was lost", () => {
    const observation = over({ outbound: slow, window: { scaling: false, bytes: 64, waitedMs: 12_800 } });
    expect(codesOf(observation)).toEqual(["window-scaling"]);
    const words = wordsOf(findingOf(observation, "window-scaling"));
    expect(words).toContain("its receive window reads as 64 bytes");
    expect(words).toContain("for 12.8 s of that it waited for the window. Nothing had to be sent again");
  });

  test.each([
    ["scaling is agreed and the window small", { scaling: true, bytes: 64, waitedMs: null }],
    ["the host does not scale and means its window", { scaling: false, bytes: 65_160, waitedMs: null }],
  ])("not where %s", (_name, window) => {
    expect(codesOf(over({ window }))).not.toContain("window-scaling");
  });
});

describe("connections that fare differently", () => {
  const differs = { confidence: "proven", connections: 3, lossy: 2, mtu: 1400 } as const;

  test("one finding, on some connections only, in place of a black hole", () => {
    const hole = outbound({ verdict: "black-hole", mtu: 1400, confidence: "proven", rungs: [rung(1401, "released")] });
    const observation = over({ outbound: hole, differs });
    expect(codesOf(observation)).toEqual(["path-differs"]);
    const finding = findingOf(observation, "path-differs");
    expect(finding.title).toMatch(/^On some connections only/);
    expect(wordsOf(finding)).toContain("on 2 of them packets of more than 1400 bytes were lost, on 1 they arrived.");
  });
});

describe("a release that does not help", () => {
  const hole = (release: "helps" | "no-help" | "not-tried") =>
    over({
      outbound: outbound({
        verdict: "black-hole",
        mtu: 1480,
        exact: true,
        confidence: "proven",
        release,
        rungs: [rung(1481, "stalled", { ladder: "data" })],
      }),
    });

  test("says so, and remedies that need fragments are not offered", () => {
    const finding = findingOf(hole("no-help"), "pmtu-black-hole");
    expect(finding.summary).toContain("sent without DF do not arrive either");
    expect(finding.remedies.map(({ id }) => id).filter((id) => id.endsWith("no-pmtu-discovery") && !id.startsWith("windows"))).toEqual([]);
    expect(finding.remedies.map(({ id }) => id)).toContain("linux-mtu-probing");
  });

  test.each(["helps", "not-tried"] as const)("where it %s, they are", (release) => {
    expect(findingOf(hole(release), "pmtu-black-hole").remedies.map(({ id }) => id)).toContain("linux-no-pmtu-discovery");
  });
});

test("a hole that fits is not denied by loss", () => {
  const statistics = {
    lossesAbove: 9,
    acksBetween: 2,
    releases: 0,
    smallSent: 40,
    smallLost: 9,
    lossUpperBound: 0.36,
    chance: 0.2,
    fit: 4,
  };
  const finding = findingOf(
    over({ outbound: outbound({ verdict: "lossy", mtu: 1400, exact: false, confidence: null, statistics }) }),
    "lossy-path",
  );
  expect(finding.title).toBe("Large packets get lost on the way to mx1.example.test, by their size or by chance");
  expect(wordsOf(finding)).not.toContain("no size is always lost");
});

test("a report that does not always come: reduced, at times", () => {
  const rungs = [rung(1500, "stalled"), rung(1500, "resized"), rung(1400)];
  const finding = findingOf(
    over({ outbound: outbound({ verdict: "pmtud-works", mtu: 1400, confidence: "proven", rungs }) }),
    "pmtu-reduced",
  );
  expect(finding.title).toContain("path MTU discovery works at times");
  expect(finding.summary).toContain("1 larger packet got lost without one");
});

test("a report that names no size: the fallback, and that the link may carry more", () => {
  const rungs = [rung(1500, "resized"), rung(552)];
  const reduced = outbound({ verdict: "pmtud-works", mtu: 552, exact: false, confidence: "proven", rungs });
  expect(findingOf(over({ outbound: reduced }), "pmtu-reduced").title).toContain("too big without a size that fits");
});
