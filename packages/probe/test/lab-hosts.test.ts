import { isPrintable, parseTarget, type StageResult } from "@mxray/contracts";
import { hostileHosts, type MailHostScript, mailHostScripts, startMailHost } from "@mxray/lab";
import { localProbeRunner } from "@mxray/probe";
import { afterAll, describe, expect, test } from "vitest";

const runProbe = localProbeRunner();
const DEADLINE_MS = 40_000;

async function probe(script: MailHostScript) {
  await using host = await startMailHost(script);
  const parsed = parseTarget(`127.0.0.1:${host.port}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const delivers = script.expect.stage === "end-of-data";
  const failsAtQuit = script.expect.stage === "quit" && script.expect.outcome !== "ok";
  return await runProbe({
    target: parsed.target,
    vantage: { name: "local", host: "test", version: "0" },
    deadlineMs: DEADLINE_MS,
    trace: false,
    owner: false,
    ...(delivers ? { deliverTo: "somebody@example.test" } : {}),
    // A connection that came to DATA is ended by RST: without DATA it ends with QUIT.
    ...(failsAtQuit ? { stages: ["connect", "greeting", "ehlo", "noop-ladder", "quit"] as const } : {}),
  });
}

/** The first stage that went wrong, or the last one. */
function decisive(stages: readonly StageResult[]): Pick<StageResult, "stage" | "outcome" | "cause"> {
  const wrong = stages.find(({ outcome }) => outcome !== "ok" && outcome !== "skipped" && outcome !== "not-tested");
  return wrong ?? { stage: "quit", outcome: "ok", cause: null };
}

describe.concurrent("every mail host of the lab", () => {
  test.each(mailHostScripts.map((script) => [script.name, script] as const))(
    "%s ends as told, in time, with nothing unprintable",
    { timeout: 60_000 },
    async (_name, script) => {
      const observation = await probe(script);
      const [host] = observation.hosts;
      const { stage, outcome, cause } = decisive(host?.stages ?? []);
      const why = JSON.stringify(host?.stages.filter((one) => one.outcome !== "ok"));
      expect({ stage, outcome }, why).toEqual({ stage: script.expect.stage, outcome: script.expect.outcome });
      if (script.expect.causes !== undefined) expect(script.expect.causes, why).toContain(cause);
      expect(observation.durationMs).toBeLessThan(DEADLINE_MS + 1500);
      expect(unprintable(observation)).toEqual([]);
      // What the host sent is kept, and never all of it.
      expect(JSON.stringify(observation).length).toBeLessThan(600_000);
    },
  );
});

describe("the hostile hosts", () => {
  afterAll(() =>
    console.log(
      `${hostileHosts.length} hostile mail hosts were probed; resident memory afterwards: ${Math.round(process.memoryUsage.rss() / 1e6)} MB.`,
    ),
  );

  test("are at least forty, and leave memory flat", () => {
    expect(hostileHosts.length).toBeGreaterThanOrEqual(40);
    expect(process.memoryUsage.rss()).toBeLessThan(400e6);
  });
});

/** Strings that hold a control or an invisible character; replies of several lines are told apart by line feeds. */
function unprintable(value: unknown): string[] {
  if (typeof value === "string") return isPrintable(value.replaceAll("\n", "")) ? [] : [value];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(unprintable);
  return [];
}
