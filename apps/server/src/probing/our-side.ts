/**
 * Looks, when a probe has ended, whether the latest probes of each vantage show a fault on our side: many destinations that fail
 * alike, and none that works. While it lasts, the findings that it explains are folded under it. One success of the kind ends it.
 *
 * Only the latest probes count. Observations are long and never change, so each is read once, and only when enough targets fail.
 */
import type { Finding, FindingCode, ProbeSummary } from "@mxray/contracts";
import { FINDING_CODES } from "@mxray/contracts";
import { diagnoseHosts, type OurSide as OurSideFault, ourSideOf, type SideWitness, sideWitnessOf } from "@mxray/diagnosis";
import type { OurSideState, StandingFinding, Store } from "@mxray/store";
import { Chore } from "../chore.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { Settings } from "../live-settings.ts";
import type { WorkHealth } from "../work-health.ts";

export interface OurSideDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  /** Called when what is known of our side changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const PAUSE_MS = 300;
/** Old probes stop counting even if nothing is probed. */
const EVERY_MS = 600_000;
const LEAST_WINDOW_MS = 2 * 3_600_000;
/** Watched targets are probed so often in the window, so that one that is long dead is told from one that has just failed. */
const ROUNDS = 3;
const MOST_PROBES = 1000;
const PAGE = 200;
/** Fewer targets that fail are never a fault of ours. */
const LEAST_TARGETS = 4;

interface ProbeWitness extends SideWitness {
  readonly probeId: string;
}

export class OurSide {
  readonly #deps: OurSideDeps;
  readonly #chore: Chore;
  /** By probe. */
  #known = new Map<string, ProbeWitness>();

  constructor(deps: OurSideDeps) {
    this.#deps = deps;
    const { store, health, onError } = deps;
    const work = () => this.refresh();
    const { chores } = store;
    this.#chore = new Chore({ name: "our-side", health, chores, work, everyMs: EVERY_MS, pauseMs: () => PAUSE_MS, onError });
  }

  start(): void {
    this.#chore.start();
  }

  /** A probe ended or was forgotten. */
  touched(): void {
    this.#chore.ask();
  }

  async stop(): Promise<void> {
    await this.#chore.stop();
  }

  async refresh(): Promise<void> {
    const { store, feed, onChange } = this.#deps;
    const probes = await this.#probes();
    const witnesses = isWorthReading(probes) ? await this.#witnesses(probes) : [];
    const faults = [...Map.groupBy(witnesses, ({ vantage }) => vantage)].flatMap(([vantage, history]) => {
      const ours = ourSideOf(history);
      return ours === null ? [] : [{ vantage, ours }];
    });
    const state = stateOf(faults, faults.length === 0 ? [] : await store.findings.standing(), probes[0]?.id ?? null);
    if (!(await store.findings.recordOurSide(state))) return;
    feed.tell({ type: "findings" });
    onChange();
  }

  /** Those that count, the newest first. */
  async #probes(): Promise<ProbeSummary[]> {
    const { store, settings } = this.#deps;
    const windowMs = Math.max(LEAST_WINDOW_MS, ROUNDS * settings.values.watchMinutes * 60_000);
    const [standing] = (await store.findings.list({ limit: 1, code: "our-side", states: ["open", "acknowledged", "dismissed"] })).findings;
    const begin = new Date(Date.now() - windowMs).toISOString();
    // What does not end by a success does not end because nobody probes.
    const from = standing === undefined || standing.sinceAt > begin ? begin : standing.sinceAt;
    const probes: ProbeSummary[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.probes.list({ limit: PAGE, practice: false, ...(cursor === undefined ? {} : { cursor }) });
      const recent = page.probes.filter(({ finishedAt, createdAt }) => (finishedAt ?? createdAt) >= from);
      probes.push(...recent.filter(({ status }) => status === "done"));
      cursor = recent.length < page.probes.length ? undefined : (page.next ?? undefined);
    } while (cursor !== undefined && probes.length < MOST_PROBES);
    return probes;
  }

  async #witnesses(probes: readonly ProbeSummary[]): Promise<ProbeWitness[]> {
    const witnesses = new Map<string, ProbeWitness>();
    for (const { id, finishedAt } of probes) {
      const witness = this.#known.get(id) ?? (await this.#read(id, finishedAt));
      if (witness !== null) witnesses.set(id, witness);
    }
    this.#known = witnesses;
    return [...witnesses.values()];
  }

  async #read(probeId: string, finishedAt: string | null): Promise<ProbeWitness | null> {
    const observation = (await this.#deps.store.probes.get(probeId))?.observation ?? null;
    if (observation === null) return null;
    const at = Date.parse(finishedAt ?? observation.startedAt);
    return { probeId, ...sideWitnessOf(observation, diagnoseHosts(observation), at) };
  }
}

function isWorthReading(probes: readonly ProbeSummary[]): boolean {
  const failing = probes.filter(({ verdict }) => verdict !== null && verdict.severity !== "info");
  return new Set(failing.map(({ target }) => target)).size >= LEAST_TARGETS;
}

interface VantageFault {
  readonly vantage: string;
  readonly ours: OurSideFault<ProbeWitness>;
}

function stateOf(faults: readonly VantageFault[], standing: readonly StandingFinding[], newest: string | null): OurSideState {
  const isExplained = (vantage: string, finding: Finding) =>
    faults.some((fault) => fault.vantage === vantage && fault.ours.explains(finding));
  const explained = standing.filter(({ subjects }) => subjects.every(({ vantage, finding }) => isExplained(vantage, finding)));
  const codes = new Set(explained.flatMap(({ subjects }) => subjects.map(({ finding }) => finding.code)));
  const absorbs: FindingCode[] = FINDING_CODES.filter((code) => codes.has(code));
  return {
    at: new Date().toISOString(),
    faults: faults.map(({ vantage, ours: { finding, witnesses } }) => ({
      vantage,
      finding: { ...finding, absorbs },
      seenAt: new Date(witnesses.at(-1)?.at ?? Date.now()).toISOString(),
      probeIds: witnesses.map(({ probeId }) => probeId),
    })),
    endedBy: newest,
    explained: explained.map(({ id }) => id),
  };
}
