/**
 * The settings that hold now, from the environment, the store and the defaults, in this order. Consumers read `values` when they
 * need one and keep none, so that a change holds from the next use on. What a change sets going is called.
 */
import { SETTING_NAMES, SETTING_TITLES, type Setting, type SettingName, type SettingProblem, type SettingsChange } from "@mxray/contracts";
import type { Act, Store, StoredSetting } from "@mxray/store";
import { ConfigError } from "./config/config-error.ts";
import { SETTINGS, type SettingTexts, type SettingValues } from "./config/setting-definitions.ts";
import { listOf } from "./config/text-values.ts";
import type { LiveFeed } from "./live-feed.ts";
import { Refusal } from "./refusal.ts";

export interface SettingsDeps {
  /** What the environment says: it wins. */
  readonly environment: SettingTexts;
  readonly store: Store;
  readonly feed: LiveFeed;
}

type Stored = ReadonlyMap<string, StoredSetting>;

export class Settings {
  readonly #deps: SettingsDeps;
  #stored: Stored;
  #values: SettingValues;
  readonly #listeners: (() => void)[] = [];

  private constructor(deps: SettingsDeps, stored: Stored) {
    this.#deps = deps;
    this.#stored = stored;
    this.#values = valuesOf(deps.environment, stored);
  }

  static async open(deps: SettingsDeps): Promise<Settings> {
    return new Settings(deps, await readStored(deps.store));
  }

  /** One sentence for each stored setting that makes no sense to this version, and is not used. */
  problems(): string[] {
    return this.list().flatMap(({ name, problem, environment }) =>
      problem === null || (environment !== null && SETTINGS[name].adds !== true)
        ? []
        : `Stored setting '${name}': ${problem} It is not used until it is changed on the page /settings.`,
    );
  }

  /** As they hold at this moment. */
  get values(): SettingValues {
    return this.#values;
  }

  /** Calls `listener` after each change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  list(): Setting[] {
    return SETTING_NAMES.map((name) => {
      const { variable, fallback } = SETTINGS[name];
      const stored = this.#stored.get(name);
      return {
        name,
        variable,
        value: stored?.value ?? fallback,
        saved: stored !== undefined,
        changedAt: stored?.changedAt ?? null,
        environment: this.#deps.environment[name] ?? null,
        editable: this.#isEditable(name),
        fallback,
        problem: stored === undefined ? null : (problemOf(name, stored.value)[0]?.message ?? null),
      };
    });
  }

  /**
   * Saves what makes sense, whole or not at all.
   *
   * @throws Refusal `invalid-setting` with a sentence for each that makes no sense, `named-by-environment`
   */
  async change(change: SettingsChange, act?: Act): Promise<void> {
    const { store, feed } = this.#deps;
    const names = SETTING_NAMES.filter((name) => change[name] !== undefined);
    const locked = names.find((name) => !this.#isEditable(name));
    if (locked !== undefined) {
      const { variable } = SETTINGS[locked];
      throw new Refusal("named-by-environment", `${variable} of the server's environment says this; change it there, and restart mxray.`);
    }
    const problems = names.flatMap((name) => problemOf(name, change[name] ?? null));
    const [first] = problems;
    if (first !== undefined) throw new Refusal("invalid-setting", first.message, problems);
    await store.settings.change(
      Object.fromEntries(names.map((name) => [name, textOf(name, change[name] ?? null)])),
      new Date().toISOString(),
      act,
    );
    await this.#read();
    feed.tell({ type: "settings" });
  }

  /** Where other servers share the store, what one of them changed holds here when this has returned; what cannot be read stays as it was. */
  async refresh(): Promise<void> {
    if (this.#deps.store.servers === null) return;
    try {
      await this.#read();
    } catch {
      // Nobody can have changed what is not to be had.
    }
  }

  async #read(): Promise<void> {
    const stored = await readStored(this.#deps.store);
    if (JSON.stringify([...stored]) === JSON.stringify([...this.#stored])) return;
    this.#stored = stored;
    this.#values = valuesOf(this.#deps.environment, stored);
    for (const listener of this.#listeners) listener();
  }

  #isEditable(name: SettingName): boolean {
    return this.#deps.environment[name] === undefined || SETTINGS[name].adds === true;
  }
}

async function readStored(store: Store): Promise<Stored> {
  return new Map((await store.settings.list()).map((setting) => [setting.name, setting]));
}

function valuesOf(environment: SettingTexts, stored: Stored): SettingValues {
  const holding = <N extends SettingName>(name: N): SettingValues[N] => {
    const { variable, fallback, adds, parse } = SETTINGS[name];
    const saved = stored.get(name)?.value ?? fallback;
    const given = environment[name];
    if (given !== undefined && adds !== true) return parse(given, variable);
    const usable = isUsable(name, saved) ? saved : repaired(name, saved);
    return parse(given === undefined ? usable : `${given} ${usable}`, titleOf(name));
  };
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, holding(name)])) as unknown as SettingValues;
}

/** What is saved for a text; null where that is nothing. */
function textOf(name: SettingName, text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" || trimmed === SETTINGS[name].fallback ? null : trimmed;
}

function problemOf(name: SettingName, text: string | null): SettingProblem[] {
  const wanted = textOf(name, text);
  if (wanted === null) return [];
  try {
    SETTINGS[name].parse(wanted, titleOf(name));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ name, message: error.message }];
  }
}

function isUsable(name: SettingName, text: string): boolean {
  return problemOf(name, text).length === 0;
}

/** What is used instead of a stored text that makes no sense: of a list that only forbids, the parts that do; else the default. */
function repaired(name: SettingName, text: string): string {
  const { adds, fallback } = SETTINGS[name];
  return adds === true
    ? listOf(text)
        .filter((part) => isUsable(name, part))
        .join(" ")
    : fallback;
}

function titleOf(name: SettingName): string {
  return `'${SETTING_TITLES[name]}'`;
}
