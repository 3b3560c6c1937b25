/**
 * `mxray apply`: makes monitors, maintenance windows and channels as a file says. It changes what differs and nothing else, and
 * leaves alone what the file does not name. Everything is checked before the first change.
 */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { type Maintenance, parseTarget, watchTarget } from "@mxray/contracts";
import { type NewChannel, openStore, type Store, type StoredChannel, type StoredWatch, StoreError } from "@mxray/store";
import { channelAfter, channelOfRequest } from "../alerts/channel-settings.ts";
import { dataDirOf } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { storeFile } from "../data-directory.ts";
import { Refusal } from "../refusal.ts";
import { maintenanceProblem } from "../watching/maintenance.ts";
import { type DesiredMonitor, type DesiredState, type DesiredWindow, desiredState, minutesOf } from "./desired.ts";

export interface ApplyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: string;
  readonly dryRun: boolean;
  readonly dataDir?: string;
}

/** One thing that differs. */
interface Change {
  /** For a person, such as `monitor example.test: made`. */
  readonly text: string;
  readonly make: () => Promise<unknown>;
}

const MOST_MONITORS = 1000;

/** @returns what was changed, or would be, as lines @throws ConfigError for a file or a store that cannot be used */
export async function apply({ env, file, dryRun, dataDir }: ApplyOptions): Promise<string[]> {
  const desired = desiredState(await textOf(file, "The file"), file);
  const store = await openedStore(storeFile(dataDirOf(env, dataDir)));
  try {
    const changes = await changesOf(store, desired, env);
    if (!dryRun) for (const { make } of changes) await make();
    return changes.map(({ text }) => text);
  } finally {
    await store.close();
  }
}

async function openedStore(path: string): Promise<Store> {
  try {
    return await openStore({ path });
  } catch (error) {
    throw error instanceof StoreError ? new ConfigError("cannot-run", error.message) : error;
  }
}

async function changesOf(store: Store, desired: DesiredState, env: ApplyOptions["env"]): Promise<Change[]> {
  const [monitors, windows, channels] = [await store.watches.list(), await store.maintenance.list(), await store.channels.list()];
  const problems: string[] = [];
  const changes: Change[] = [];
  const add = async (plan: () => Change | null | Promise<Change | null>) => {
    try {
      const change = await plan();
      if (change !== null) changes.push(change);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ConfigError)) throw error;
      problems.push(error.message);
    }
  };
  for (const one of desired.monitors ?? []) await add(() => monitorChange(store, one, monitors));
  for (const one of desired.windows ?? []) await add(() => windowChange(store, one, windows));
  for (const { secret, ...one } of desired.channels ?? []) {
    await add(async () => {
      const request = { ...one, ...(secret === undefined ? {} : await secretOf(secret, one.name, env)) };
      const before = channels.find(({ name }) => name === one.name);
      return channelChange(store, before, before === undefined ? channelOfRequest(request) : channelAfter(before, request));
    });
  }
  if (problems.length > 0) throw new ConfigError("usage", problems.join("\n"));
  return changes;
}

function monitorChange(
  store: Store,
  { target: typed, every, vantages = ["local"], tags = [], paused = false }: DesiredMonitor,
  known: readonly StoredWatch[],
): Change | null {
  const target = watchTarget({ target: typed });
  if (target === null) {
    const parsed = parseTarget(typed, { mailAddress: true });
    throw new Refusal("invalid-target", parsed.ok ? `${typed} cannot be monitored.` : parsed.message);
  }
  const before = known.find((one) => one.target === target);
  const settings = { everyMinutes: every === undefined ? null : minutesOf(every), tags, paused };
  const [vantage = "local"] = vantages;
  const request = { ...before?.request, target, dataLadder: false, ...(vantage === "local" ? {} : { vantage }) };
  if (vantage === "local") delete request.vantage;
  const { everyMinutes, tags: tagsBefore, paused: pausedBefore } = before ?? {};
  const stands = isDeepStrictEqual({ everyMinutes, tags: tagsBefore, paused: pausedBefore }, settings);
  if (before !== undefined && stands && isDeepStrictEqual(request, before.request)) return null;
  const now = new Date().toISOString();
  const make = () => store.watches.put({ target, request, createdAt: now, dueAt: now, settings }, MOST_MONITORS);
  return { text: `monitor ${target}: ${before === undefined ? "made" : "changed"}`, make };
}

function windowChange(
  store: Store,
  { name, targets = [], tags = [], at, cron, timezone = "UTC", for: length }: DesiredWindow,
  known: readonly Maintenance[],
): Change | null {
  if (at !== undefined && Number.isNaN(Date.parse(at)))
    throw new Refusal("invalid-request", `'${at}' of the window '${name}' is not a time.`);
  const beginsAt = at === undefined ? null : new Date(at).toISOString();
  const canonical = targets.map((target) => watchTarget({ target }) ?? target);
  const window: Maintenance = { name, targets: canonical, tags, beginsAt, cron: cron ?? null, timezone, minutes: minutesOf(length) };
  const problem = maintenanceProblem(window);
  if (problem !== null) throw new Refusal("invalid-request", problem);
  const before = known.find((one) => one.name === name);
  if (isDeepStrictEqual(before, window)) return null;
  return { text: `window ${name}: ${before === undefined ? "made" : "changed"}`, make: () => store.maintenance.put(window) };
}

function channelChange(store: Store, before: StoredChannel | undefined, after: NewChannel): Change | null {
  const { name } = after;
  if (before === undefined) return { text: `channel ${name}: made`, make: () => store.channels.create(after, new Date().toISOString()) };
  const same = (Object.keys(after) as (keyof NewChannel)[]).every((key) => isDeepStrictEqual(before[key], after[key]));
  return same ? null : { text: `channel ${name}: changed`, make: () => store.channels.change(before.id, after) };
}

/** A file is under version control, so a secret is only named in it. */
async function secretOf(secretFrom: string, channel: string, env: ApplyOptions["env"]): Promise<{ secret: string; secretFrom: string }> {
  const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(secretFrom)?.[1];
  if (variable === undefined && !secretFrom.startsWith("file:")) {
    throw new Refusal("invalid-channel", `The secret of the channel '${channel}' is written out; name it as \${VARIABLE} or file:PATH.`);
  }
  const secret =
    variable === undefined ? (await textOf(secretFrom.slice("file:".length), `The secret of '${channel}'`)).trim() : (env[variable] ?? "");
  if (secret === "") throw new Refusal("invalid-channel", `The secret of the channel '${channel}' is empty: ${secretFrom}.`);
  return { secret, secretFrom };
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      "cannot-run",
      `${what} cannot be read from ${path}: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}.`,
    );
  }
}
