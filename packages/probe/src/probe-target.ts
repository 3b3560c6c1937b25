/**
 * One probe: resolve, then every address of every mail host up to EHLO and STARTTLS, and the ladders on one address per
 * mail host and family. Mail hosts run side by side, the addresses of one host one after the other; one deadline for all.
 */
import type { ControlResult, MailHostObservation, ProbeEvent, ProbeObservation, Stage, StageOutcome, Target } from "@mxray/contracts";
import { STAGES } from "@mxray/contracts";
import { probeHost } from "./host/probe-host.ts";
import type { ProbeOptions } from "./options.ts";
import type { ProbePorts } from "./ports.ts";
import { type ResolvedTarget, resolveTarget } from "./resolve-target.ts";
import { ConnectionBudget } from "./session/connection-budget.ts";
import { HostConnections } from "./session/host-connections.ts";
import type { HostContext } from "./session/host-context.ts";
import type { MailHost } from "./session/mail-host.ts";
import { patienceOf } from "./session/patience.ts";
import { ReplyMeter } from "./session/reply-meter.ts";
import { Transcript } from "./session/transcript.ts";
import { findTlsDemand } from "./tls-demand.ts";

const DEFAULT_DEADLINE_MS = 60_000;
/** Path searches per domain, unless all addresses were asked for. */
const MOST_LADDERS = 4;
const HOSTS_AT_A_TIME = 5;
const CONTROL_STAGES: ReadonlySet<Stage> = new Set(["resolve", "connect", "greeting", "ehlo", "noop-ladder", "quit"]);

export async function probeTarget(options: ProbeOptions, ports: ProbePorts, helo: string): Promise<ProbeObservation> {
  const { clock } = ports;
  const began = clock.now();
  const startedAt = new Date().toISOString();
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const emit = (event: ProbeEvent) => options.onEvent?.(event);
  const stages = new Set<Stage>(options.stages ?? STAGES);

  const [resolved, controls] = await Promise.all([
    resolveTarget(options, { resolver: ports.resolver, clock, signal }),
    Promise.all((options.controls ?? []).map((control) => probeControl(control, options, ports, { signal, began, helo }))),
  ]);
  emit({ type: "resolved", resolution: resolved.resolution });

  const ladders = chooseLadders(resolved.hosts, options);
  // Two messages per test, not per host: the preferred host has them.
  const [preferred] = options.deliverTo === undefined ? [] : ladders;
  const contexts = resolved.hosts.map((host, index): HostContext => {
    emit({ type: "host", host: index, ...host });
    emit({ type: "stage", host: index, result: resolved.stage });
    return hostContext({ index, host, options, ports, helo, signal, began, emit });
  });
  const observations = await inGroups(contexts, async (context) => {
    const { host } = context;
    const observation = await probeHost(context, { stages, ladders: ladders.has(host), deliver: host === preferred });
    const whole = { ...observation, stages: [resolved.stage, ...observation.stages] };
    emit({ type: "host-done", host: context.index, observation: whole });
    return whole;
  });
  const demand = await tlsDemandOf(observations, options, resolved, ports, signal);
  return {
    schema: "mxray.probe/1",
    target: options.target.input,
    vantage: options.vantage,
    startedAt,
    durationMs: Math.round((clock.now() - began) * 10) / 10,
    resolution: resolved.resolution,
    hosts: observations,
    controls,
    ...demand,
    ended: options.signal?.aborted ? "cancelled" : deadline.aborted ? "deadline" : null,
  };
}

/** The context of one mail host, with connections and a transcript of its own. */
function hostContext(run: Omit<HostContext, "transcript" | "replies" | "connections" | "budget" | "patience">): HostContext {
  const { index, host, options, ports, signal, began, emit } = run;
  const budget = new ConnectionBudget();
  const { admit } = options;
  const connections = new HostConnections({ host, ...ports, signal, budget, ...(admit === undefined ? {} : { admit }) });
  const transcript = new Transcript(ports.clock, began, (line) => emit({ type: "transcript", host: index, line }));
  return { ...run, budget, connections, transcript, replies: new ReplyMeter(), patience: patienceOf(options.deadlineMs) };
}

/**
 * One address per mail host and family, the preferred hosts first. A later round takes the next hosts, and of each host the
 * next address, so that every address has its turn.
 */
export function chooseLadders(
  hosts: readonly MailHost[],
  { allAddresses, round = 0 }: Pick<ProbeOptions, "allAddresses" | "round">,
): Set<MailHost> {
  if (allAddresses === true) return new Set(hosts);
  const groups = [...Map.groupBy(hosts, ({ name, address, family }) => `${name ?? address} ${family}`).values()];
  const first = groups.length > MOST_LADDERS ? (round * MOST_LADDERS) % groups.length : 0;
  const turns = groups.length > MOST_LADDERS ? Math.floor((round * MOST_LADDERS) / groups.length) : round;
  const chosen = [...groups, ...groups].slice(first, first + Math.min(MOST_LADDERS, groups.length));
  return new Set(chosen.flatMap((group) => group[turns % group.length] ?? []));
}

/** Asked only where STARTTLS is missing or failed, and where it was to be tried at all. */
async function tlsDemandOf(
  observations: readonly MailHostObservation[],
  { target, admit }: ProbeOptions,
  resolved: ResolvedTarget,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<Pick<ProbeObservation, "tlsDemand">> {
  const broken = observations.filter(({ stages }) =>
    stages.some(({ stage, outcome, cause }) => stage === "starttls" && (BROKEN.has(outcome) || cause === "not-offered")),
  );
  const names = broken.flatMap(({ name }) => name ?? []);
  if (names.length === 0 || signal.aborted) return {};
  const isDomain = resolved.resolution.kind === "mx" || resolved.resolution.kind === "implicit-mx";
  const domain = isDomain ? target.host : null;
  const asked = { domain, hosts: names, port: target.port };
  return { tlsDemand: await findTlsDemand(asked, ports, { signal, ...(admit === undefined ? {} : { admit }) }) };
}

const BROKEN: ReadonlySet<StageOutcome> = new Set(["failed", "stalled", "refused"]);

/** Mail hosts side by side, a bounded number of them, the addresses of each in turn. Results in the order of the contexts. */
async function inGroups(
  contexts: readonly HostContext[],
  run: (context: HostContext) => Promise<MailHostObservation>,
): Promise<MailHostObservation[]> {
  const groups = [...Map.groupBy(contexts, ({ host }) => `${host.name ?? host.address} ${host.family}`).values()];
  const results = new Map<number, MailHostObservation>();
  const worker = async (): Promise<void> => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      for (const context of group) results.set(context.index, await run(context));
    }
  };
  await Promise.all(Array.from({ length: Math.min(HOSTS_AT_A_TIME, groups.length) }, worker));
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, observation]) => observation);
}

async function probeControl(
  target: Target,
  options: ProbeOptions,
  ports: ProbePorts,
  { signal, began, helo }: { signal: AbortSignal; began: number; helo: string },
): Promise<ControlResult> {
  const { clock } = ports;
  const { admit } = options;
  const start = clock.now();
  const own: ProbeOptions = {
    target,
    vantage: options.vantage,
    noMx: false,
    ...(admit === undefined ? {} : { admit: (host, hostSignal) => admit({ ...host, control: true }, hostSignal) }),
    ...(options.resolver === undefined ? {} : { resolver: options.resolver }),
    ...(options.family === undefined ? {} : { family: options.family }),
  };
  const resolved = await resolveTarget(own, { resolver: ports.resolver, clock, signal });
  const host = resolved.hosts[0];
  const ms = () => Math.round((clock.now() - start) * 10) / 10;
  if (host === undefined) {
    return {
      host: target.input,
      address: null,
      stage: "resolve",
      outcome: resolved.stage.outcome,
      cause: resolved.stage.cause,
      ms: ms(),
      outbound: null,
      blockedAt: null,
    };
  }
  const context = hostContext({ index: 0, host, options: own, ports, helo, signal, began, emit: () => undefined });
  const { stages, path } = await probeHost(context, { stages: CONTROL_STAGES, ladders: true, deliver: false });
  const reached = stages.filter(({ outcome }) => outcome !== "skipped" && outcome !== "not-tested");
  const bad = reached.find(({ outcome }) => outcome !== "ok") ?? reached.at(-1) ?? resolved.stage;
  const { verdict, mtu } = path.outbound;
  return {
    host: target.input,
    address: host.address,
    stage: bad.stage,
    outcome: bad.outcome,
    cause: bad.cause,
    ms: ms(),
    outbound: { verdict, mtu },
    blockedAt: path.portBlockedAt,
  };
}
