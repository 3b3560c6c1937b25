import { describe, expect, it } from "vitest";
import { loadOptions } from "../../test/load-options.ts";
import { judgeLoad } from "./judge-load.ts";
import type { LoadEvidence } from "./load-evidence.ts";

const took = (ms: number) => ({ p50: ms, p90: ms, p99: ms, p999: ms, max: ms });
const QUIET = { psiIoSome: 1, psiCpuSome: 1, psiMemorySome: 0, cpuBusy: 5 };

/** A closed load that takes 100 messages per second of the 1,000 that the generator can send, and nothing remarkable. */
function evidence(over: Partial<LoadEvidence["result"]> = {}, rest: Partial<LoadEvidence> = {}): LoadEvidence {
  return {
    options: loadOptions({ sessions: 20 }),
    calibration: { rate: 1000, p99Ms: 5 },
    alone: { greeting: took(2), "end-of-data": took(5) },
    host: QUIET,
    hostBefore: QUIET,
    ...rest,
    result: {
      counts: { accepted: 1000, deferred: 0, rejected: 0, reset: 0, timedOut: 0, unsent: 0 },
      rate: { offered: null, achieved: 100 },
      latencyMs: { fromDue: took(200), fromStart: took(200) },
      stagesMs: { greeting: took(2), "end-of-data": took(190) },
      answers: [],
      series: [],
      stopped: null,
      seconds: 10,
      curve: [],
      generator: { lateP99Ms: 1, busy: 0.2 },
      servedMostly: 20,
      mostConnected: 20,
      ...over,
    },
  };
}

const kind = (given: LoadEvidence) => judgeLoad(given).kind;
const deferred = (text: string) =>
  kind(evidence({ answers: [{ text, count: 5 }], counts: { accepted: 900, deferred: 5, rejected: 0, reset: 0, timedOut: 0, unsent: 0 } }));

describe("what gave way first", () => {
  it.each([
    ["421 4.7.0 mx.example.test Error: too many connections from 192.0.2.1", "concurrency"],
    ["450 4.7.1 Error: too much mail from 192.0.2.1", "concurrency"],
    ["452 4.3.1 Insufficient system storage", "io"],
    ["421 4.3.2 All server ports are busy", "processes"],
    ["451 4.3.0 Error: queue file write error", "io"],
    ["451 4.7.1 Service unavailable - milter failed", "content-filter"],
  ] as const)("is told by '%s': %s", (text, expected) => {
    expect(deferred(text)).toBe(expected);
  });

  it.each(["421 4.3.2 Service shutting down", "421 4.4.2 Timeout exceeded", "450 4.2.0 Mailbox busy"])("is not told by '%s'", (text) => {
    expect(deferred(text)).toBe("unknown");
  });

  it("is the generator where the target takes as much as a sink does", () => {
    expect(kind(evidence({ rate: { offered: null, achieved: 900 } }))).toBe("generator");
  });

  it("is pressure that the load brought, not what was there before", () => {
    const disk = { ...QUIET, psiIoSome: 60 };
    expect(kind(evidence({}, { host: disk }))).toBe("io");
    expect(kind(evidence({}, { host: disk, hostBefore: disk }))).toBe("unknown");
  });

  it("is a number of processes where connections wait for their greeting, and not where one alone waits as long", () => {
    const stagesMs = { greeting: took(900), "end-of-data": took(5) };
    expect(kind(evidence({ servedMostly: 5, stagesMs }))).toBe("processes");
    expect(kind(evidence({ servedMostly: 5, stagesMs }, { alone: { greeting: took(880) } }))).toBe("unknown");
    expect(kind(evidence({ servedMostly: 5, stagesMs }, { alone: { greeting: took(5000) } }))).toBe("dns");
  });

  it("is the content filter where the end of each message takes as long alone", () => {
    const alone = { greeting: took(2), "end-of-data": took(500) };
    expect(
      kind(evidence({ stagesMs: { "end-of-data": took(510) }, latencyMs: { fromDue: took(520), fromStart: took(520) } }, { alone })),
    ).toBe("content-filter");
  });

  it("is nothing where an open load is kept up with", () => {
    const kept = { rate: { offered: 100, achieved: 100 }, latencyMs: { fromDue: took(10), fromStart: took(10) } };
    expect(kind(evidence(kept, { options: loadOptions({ rate: 100, seconds: 10 }) }))).toBe("none");
  });
});
