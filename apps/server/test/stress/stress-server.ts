/** A server with a targets file and a load that a test directs. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StressRun, StressSecond } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";
import type { StressHooks, StressOrder, StressRunner } from "../../src/stress/stress-runner.ts";
import { LOOPBACK, startTestServer, type TestServer } from "../test-server.ts";

const TARGETS = `127.0.0.1:2525 rcpt-domain=example.test
localhost:2526 user=probe password=secret rcpt-domain=example.test
8.8.8.8:25 rcpt-domain=example.test
`;

interface ScriptedLoad {
  readonly order: StressOrder;
  readonly hooks: StressHooks;
  readonly finish: (run: StressRun) => void;
  readonly fail: (error: Error) => void;
}

export interface StressServer extends TestServer {
  /** The newest load that was asked for. */
  readonly load: () => ScriptedLoad;
  readonly loads: readonly ScriptedLoad[];
}

export async function startStressServer({ targets = TARGETS, store }: { targets?: string; store?: Store } = {}): Promise<StressServer> {
  const folder = await mkdtemp(join(tmpdir(), "mxray-stress-"));
  const file = join(folder, "targets");
  await writeFile(file, targets, { mode: 0o600 });
  const loads: ScriptedLoad[] = [];
  const runStress: StressRunner = (order, hooks) => {
    const { promise, resolve, reject } = Promise.withResolvers<StressRun>();
    loads.push({ order, hooks, finish: resolve, fail: reject });
    hooks.signal.addEventListener("abort", () => {
      const why = hooks.signal.reason === "cancelled" ? "cancelled" : "server-ended";
      resolve(stressRun(order, { stopped: { why, text: "ended" } }));
    });
    return promise;
  };
  const server = await startTestServer({
    env: { ...LOOPBACK, MXRAY_STRESS_TARGETS: file, MXRAY_DATA: folder },
    runStress,
    ...(store === undefined ? {} : { store }),
  });
  return Object.assign(server, { loads, load: () => loads.at(-1) as ScriptedLoad });
}

export async function emptyStore(): Promise<Store> {
  return await openStore({ path: ":memory:" });
}

export const REQUEST = { target: "127.0.0.1:2525", confirm: "127.0.0.1", load: { sessions: 5, messages: 100 } };

export function second(number: number): StressSecond {
  return {
    ...{ second: number, due: 10, accepted: 9, deferred: 1, rejected: 0, reset: 0, timedOut: 0 },
    ...{ p50: 2, p99: 8, waiting: 0, connected: 5, served: 5 },
  };
}

export function stressRun({ target, plan }: StressOrder, over: Partial<StressRun> = {}): StressRun {
  const latency = { p50: 2, p90: 4, p99: 8, p999: 9, max: 12 };
  return {
    schema: "mxray.stress/1",
    target,
    address: plan.address,
    run: { id: plan.about.run, by: plan.about.by, startedAt: "2026-12-01T00:00:00.000Z", seconds: 1 },
    options: plan.options,
    calibration: { rate: 1000, p99Ms: 3 },
    counts: { accepted: 99, deferred: 1, rejected: 0, reset: 0, timedOut: 0, unsent: 0 },
    rate: { offered: null, achieved: 99 },
    latencyMs: { fromDue: latency, fromStart: latency },
    stagesMs: { greeting: latency },
    curve: [
      [50, 2],
      [99, 8],
      [100, 12],
    ],
    answers: [{ text: "450 4.2.0 <mxray-stress@example.test> is busy", count: 1 }],
    series: [second(0)],
    host: null,
    limit: { kind: "unknown", evidence: ["The target took 99 messages per second."], kneeRate: 99, changes: [] },
    stopped: null,
    findings: [],
    ...over,
  };
}
