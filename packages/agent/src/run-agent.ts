/** An agent at work: follows the logs of its machine into the store of its server, reports on them and on the machine, and probes for the server. */
import { hostname } from "node:os";
import type { AgentReport, AgentWelcome } from "@mxray/contracts";
import { type FollowState, LogClock, LogFollower, machineTimeZone } from "@mxray/maillog";
import type { Endpoint, ProbeRunner } from "@mxray/probe";
import { AgentEnd } from "./agent-end.ts";
import { type OwnMachine, reportMachine } from "./machine-reports.ts";
import { probeForServer } from "./probing.ts";
import { type ServerConnection, sleep } from "./server-connection.ts";
import { serverSink } from "./server-sink.ts";

export interface AgentOptions {
  readonly connection: ServerConnection;
  /** Locations, as `parseLogLocation` reads them. */
  readonly logs: readonly string[];
  readonly runProbe: ProbeRunner;
  readonly machine: OwnMachine;
  /** A sentence for a host that this machine's own policy forbids, whatever the server says; else null. */
  readonly refusalOf: (host: Endpoint) => string | null;
  readonly signal: AbortSignal;
  /** When the server has answered for the first time. */
  readonly onReady: (logs: readonly string[]) => void;
  readonly onMessage: (message: string) => void;
}

/** Between two reports: while something changes, and at all. */
const REPORT_MS = { changed: 1000, all: 20_000 } as const;

/** Before it begins again. */
const AGAIN_MS = 5000;

/**
 * Works until `signal` is aborted. It begins again where the server's store and the agent no longer agree on a log, as after a
 * restored backup: then the log is read on from where the store has it.
 *
 * @throws AgentEnd where the server turns the agent away
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { signal, onMessage } = options;
  try {
    for (;;) {
      await workOnce(options);
      onMessage("The server has a log at another place than this agent; the agent begins again.");
      await sleep(AGAIN_MS, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Returns where it should begin again. @throws AgentEnd; what the signal is aborted with */
async function workOnce({ connection, logs, runProbe, machine, refusalOf, signal, onReady, onMessage }: AgentOptions): Promise<void> {
  /** Aborted with why. */
  const end = new AbortController();
  const working = AbortSignal.any([signal, end.signal]);
  const clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
  const host = hostname();
  const again = new Error("A log is no longer followed.");
  try {
    const hello = { sentAt: new Date().toISOString(), host, logs };
    const welcome = (await connection.ask("/agent/v1/hello", hello, working)) as AgentWelcome;
    const states = new Map<number, FollowState>();
    const followed = welcome.logs.map(async (log) => {
      const sink = serverSink({ connection, log, signal: working, onState: (state) => states.set(log.id, state) });
      const onError = (error: unknown) => {
        if (error instanceof AgentEnd) end.abort(error);
        else if (!working.aborted) onMessage(`${log.location}: ${error instanceof Error ? error.message : String(error)}`);
      };
      await new LogFollower({ ...log, folders: null }, { sink, clock, onError }).run(working);
      end.abort(again);
    });
    onReady(welcome.logs.map(({ location }) => location));
    const probing = probeForServer({ connection, host, runProbe, refusalOf, watchFarEnd: machine.watchFarEnd, signal: working });
    const reports = [reporting({ connection, host, states, signal: working }), reportMachine({ connection, machine, signal: working })];
    await Promise.all([...followed, probing, ...reports]);
  } catch (error) {
    const reason: unknown = end.signal.aborted ? end.signal.reason : error;
    if (reason !== again) throw reason;
  } finally {
    end.abort(again);
  }
}

interface Reporting {
  readonly connection: ServerConnection;
  readonly host: string;
  readonly states: ReadonlyMap<number, FollowState>;
  readonly signal: AbortSignal;
}

/** Tells the server that the agent lives, and how its logs stand. @throws what the signal is aborted with */
async function reporting({ connection, host, states, signal }: Reporting): Promise<never> {
  let told = "";
  let toldAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const logs: AgentReport["logs"] = [...states].map(([id, state]) => ({ id, ...state }));
    const text = JSON.stringify(logs);
    if (text !== told || performance.now() - toldAt >= REPORT_MS.all) {
      await connection.ask("/agent/v1/report", { sentAt: new Date().toISOString(), host, logs } satisfies AgentReport, signal);
      told = text;
      toldAt = performance.now();
    }
    await sleep(REPORT_MS.changed, signal);
  }
}
