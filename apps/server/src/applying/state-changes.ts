/**
 * What differs between the store and what an operator wants: changes of what differs and of nothing else. What the operator does not
 * name stays. Everything is checked before the first change.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type AuditAction,
  LAB_VANTAGE,
  LOCAL_VANTAGE,
  type Maintenance,
  type ProbeRequest,
  parseTarget,
  watchTarget,
} from "@mxray/contracts";
import type { Act, Store, StoredWatch, WatchSettings } from "@mxray/store";
import { channelAfter, channelOfRequest } from "../alerts/channel-settings.ts";
import { Refusal } from "../refusal.ts";
import { maintenanceProblem } from "../watching/maintenance.ts";
import { type AppliedState, type DesiredAgent, type DesiredMonitor, type DesiredWindow, minutesOf } from "./desired.ts";

export interface StateChange {
  /** For a person, such as `monitor example.test: made`. */
  readonly text: string;
  /** @param actOf gives who acts; none where the owner of the machine does */
  readonly make: (actOf: (action: AuditAction) => Act | undefined) => Promise<unknown>;
}

export interface StateLimits {
  /** Monitors that there may be. */
  readonly mostMonitors: number;
  /** @throws Refusal where the target may not be probed */
  readonly check?: (request: ProbeRequest) => Promise<void>;
}

const MOST_MINUTES = { interval: 10_080, window: 44_640 };

/** @throws Refusal `invalid-request` with one line for each part that cannot be */
export async function stateChanges(store: Store, desired: AppliedState, limits: StateLimits): Promise<StateChange[]> {
  const problems: string[] = [];
  const changes: StateChange[] = [];
  const add = async (plan: () => StateChange | null | Promise<StateChange | null>) => {
    try {
      const change = await plan();
      if (change !== null) changes.push(change);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push(error.message);
    }
  };
  const { agents = [], monitors = [] } = desired;
  const knownAgents = new Set((await store.agents.list()).filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name));
  const planAgent = agentPlan(store, knownAgents);
  for (const one of agents) await add(() => planAgent(one));
  const known = new Map((await store.watches.list()).map((watch) => [monitorName(watch.target, watch.vantage), watch]));
  const ended = endedMonitors(store, known, monitors);
  changes.push(...ended);
  const places = new Set([LOCAL_VANTAGE, ...knownAgents, ...agents.map(({ name }) => name)]);
  const planMonitor = monitorPlan(store, { known, left: known.size - ended.length, places }, limits);
  for (const one of monitors) for (const vantage of one.vantages ?? [LOCAL_VANTAGE]) await add(() => planMonitor(one, vantage));
  const planWindow = await windowPlan(store);
  for (const one of desired.windows ?? []) await add(() => planWindow(one));
  const planChannel = await channelPlan(store);
  for (const one of desired.channels ?? []) await add(() => planChannel(one));
  if (problems.length > 0) throw new Refusal("invalid-request", [...new Set(problems)].join("\n"));
  return changes;
}

/** An agent that a file makes enrols with a token of the page. */
function agentPlan(store: Store, known: ReadonlySet<string>) {
  const names = new Set<string>();
  return ({ name }: DesiredAgent): StateChange | null => {
    checkOnce(names, name, "agent");
    if (name === LOCAL_VANTAGE || name === LAB_VANTAGE) {
      throw new Refusal("name-taken", `'${name}' is a vantage of the server itself; give the agent another name.`);
    }
    if (known.has(name)) return null;
    return change("agent", name, false, (actOf) =>
      store.agents.create({ name, createdAt: new Date().toISOString(), enrolment: null }, actOf("agent.created")),
    );
  };
}

type KnownMonitors = ReadonlyMap<string, StoredWatch>;

/** A target that the file names is monitored from the vantages that it names and from no other. */
function endedMonitors(store: Store, known: KnownMonitors, desired: readonly DesiredMonitor[]): StateChange[] {
  const targets = new Set(desired.map(({ target }) => watchTarget({ target })));
  const named = new Set(
    desired.flatMap(({ target, vantages = [LOCAL_VANTAGE] }) =>
      vantages.map((vantage) => monitorName(watchTarget({ target }) ?? "", vantage)),
    ),
  );
  return [...known]
    .filter(([name, { target }]) => targets.has(target) && !named.has(name))
    .map(([name, { id }]) => ({
      text: `monitor ${name}: ended`,
      make: (actOf) => store.watches.end(id, actOf("watch.ended")),
    }));
}

interface MonitorsBefore {
  readonly known: KnownMonitors;
  /** How many are not ended. */
  readonly left: number;
  /** Vantages that there are or will be. */
  readonly places: ReadonlySet<string>;
}

function monitorPlan(store: Store, { known, left, places }: MonitorsBefore, limits: StateLimits) {
  const named = new Set<string>();
  let count = left;
  const plan = async (target: string, vantage: string, settings: WatchSettings): Promise<StateChange | null> => {
    const name = monitorName(target, vantage);
    checkOnce(named, name, "monitor");
    const before = known.get(name);
    const { vantage: _vantage, ...asked } = { ...before?.request, target, dataLadder: false };
    const request = vantage === LOCAL_VANTAGE ? asked : { ...asked, vantage };
    if (before !== undefined) {
      const { everyMinutes, tags, paused } = before;
      if (isDeepStrictEqual({ everyMinutes, tags, paused }, settings) && isDeepStrictEqual(request, before.request)) return null;
    } else {
      count += 1;
      if (count > limits.mostMonitors)
        throw new Refusal("too-many-watches", `${name} would be monitor ${count}; at most ${limits.mostMonitors} may be.`);
    }
    if (!places.has(vantage)) {
      throw new Refusal(
        "no-such-vantage",
        `${target} cannot be monitored from '${vantage}': there is no agent of this name. Add it to 'agents'.`,
      );
    }
    // The same rules hold for every vantage, and an agent may be away now.
    await limits.check?.(asked);
    return change("monitor", name, before !== undefined, (actOf) => {
      const now = new Date().toISOString();
      return store.watches.put({ target, request, createdAt: now, dueAt: now, settings }, limits.mostMonitors, actOf("watch.changed"));
    });
  };
  return (one: DesiredMonitor, vantage: string) => {
    const { target, settings } = monitorOf(one);
    return plan(target, vantage, settings);
  };
}

/** @throws Refusal */
function monitorOf({ target: typed, every, tags = [], paused = false }: DesiredMonitor): { target: string; settings: WatchSettings } {
  const target = watchTarget({ target: typed });
  if (target === null) {
    const parsed = parseTarget(typed, { mailAddress: true });
    throw new Refusal("invalid-target", parsed.ok ? `${typed} cannot be monitored.` : parsed.message);
  }
  const settings = { everyMinutes: every === undefined ? null : minutesOf(every), tags, paused };
  if ((settings.everyMinutes ?? 0) > MOST_MINUTES.interval) {
    throw new Refusal("invalid-request", `The interval of ${target} is ${every}; at most 7d is allowed.`);
  }
  return { target, settings };
}

function monitorName(target: string, vantage: string): string {
  return vantage === LOCAL_VANTAGE ? target : `${target} from ${vantage}`;
}

async function windowPlan(store: Store) {
  const known = await store.maintenance.list();
  const names = new Set<string>();
  return ({ name, targets = [], tags = [], at, cron, timezone = "UTC", for: length }: DesiredWindow) => {
    checkOnce(names, name, "window");
    if (at !== undefined && Number.isNaN(Date.parse(at)))
      throw new Refusal("invalid-request", `'${at}' of the window '${name}' is not a time.`);
    const minutes = minutesOf(length);
    if (minutes > MOST_MINUTES.window)
      throw new Refusal("invalid-request", `The window '${name}' lasts ${length}; at most 31d is allowed.`);
    const beginsAt = at === undefined ? null : new Date(at).toISOString();
    const canonical = targets.map((target) => watchTarget({ target }) ?? target);
    const window: Maintenance = { name, targets: canonical, tags, beginsAt, cron: cron ?? null, timezone, minutes };
    const problem = maintenanceProblem(window);
    if (problem !== null) throw new Refusal("invalid-request", problem);
    const before = known.find((one) => one.name === name);
    if (isDeepStrictEqual(before, window)) return null;
    return change("window", name, before !== undefined, (actOf) => store.maintenance.put(window, actOf("maintenance.changed")));
  };
}

async function channelPlan(store: Store) {
  const known = await store.channels.list();
  const names = new Set<string>();
  return (request: NonNullable<AppliedState["channels"]>[number]) => {
    const name = request.name.trim();
    checkOnce(names, name, "channel");
    const before = known.find((one) => one.name === name);
    if (before === undefined) {
      const made = channelOfRequest(request);
      return change("channel", name, false, (actOf) => store.channels.create(made, new Date().toISOString(), actOf("channel.created")));
    }
    const after = channelAfter(before, request);
    if ((Object.keys(after) as (keyof typeof after)[]).every((key) => isDeepStrictEqual(before[key], after[key]))) return null;
    return change("channel", name, true, (actOf) => store.channels.change(before.id, after, actOf("channel.changed")));
  };
}

function change(what: string, name: string, existed: boolean, make: StateChange["make"]): StateChange {
  return { text: `${what} ${name}: ${existed ? "changed" : "made"}`, make };
}

/** Two that differ would change each other with every run. */
function checkOnce(names: Set<string>, name: string, what: string): void {
  if (names.has(name)) throw new Refusal("invalid-request", `The ${what} '${name}' is named twice.`);
  names.add(name);
}
