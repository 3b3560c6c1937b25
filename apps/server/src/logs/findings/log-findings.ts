/**
 * Findings from what followed logs brought in the last days, computed again some seconds after something changed.
 *
 * A finding of a log lives like one of a probe. It is seen when its latest sign was logged. It ends when a probe proves its
 * cause gone, or after three days without a sign; a later sign opens it again. Where an open finding of a probe explains it, the
 * two are one: the probe's finding has it as evidence.
 */
import { canonicalAddress, type Finding, LOCAL_VANTAGE } from "@mxray/contracts";
import { absorbLogFindings, isNow, type LogSign, withoutSigns } from "@mxray/diagnosis";
import type { AskedFinding, LogFinding, Store } from "@mxray/store";
import { Chore } from "../../chore.ts";
import type { LiveFeed } from "../../live-feed.ts";
import type { Settings } from "../../live-settings.ts";
import type { WorkHealth } from "../../work-health.ts";
import { diagnoseAside } from "./diagnose-aside.ts";

export interface LogFindingsDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  /** Given those that stand. */
  readonly onFindings: (findings: readonly Finding[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Default `FINDINGS_PACE`. */
  readonly pace?: FindingsPace;
}

/** How long log findings wait for more changes, milliseconds: longer after a round that took long. */
export interface FindingsPace {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** However long a round took: what a log shows is known within a minute. */
export const FINDINGS_PACE: FindingsPace = { leastMs: 3000, mostMs: 30_000 };
/** Making findings takes at most this part of the time. */
const SHARE = 1 / 20;
/** Silence, too, changes findings. */
const EVERY_MS = 3_600_000;
const SILENCE_MS = 3 * 86_400_000;
const DAY_S = 86_400;

export class LogFindings {
  readonly #deps: LogFindingsDeps;
  readonly #chore: Chore;
  readonly #pace: FindingsPace;
  #pauseMs: number;

  constructor(deps: LogFindingsDeps) {
    this.#deps = deps;
    this.#pace = deps.pace ?? FINDINGS_PACE;
    this.#pauseMs = this.#pace.leastMs;
    this.#chore = new Chore({
      name: "log-findings",
      health: deps.health,
      chores: deps.store.chores,
      work: () => this.refresh(),
      everyMs: EVERY_MS,
      pauseMs: () => this.#pauseMs,
      onError: deps.onError,
    });
  }

  start(): void {
    this.#chore.start();
  }

  /** Logs, settings, or findings of probes changed: log findings are computed again in a moment. */
  touched(): void {
    this.#chore.ask();
  }

  async stop(): Promise<void> {
    await this.#chore.stop();
  }

  async refresh(): Promise<void> {
    const { store, settings, feed, onFindings } = this.#deps;
    const began = performance.now();
    const now = new Date();
    const to = Math.floor(now.getTime() / 1000) + DAY_S;
    const range = { from: to - (settings.values.logDays + 1) * DAY_S, to };
    const signs = await diagnoseAside(
      store.place === null
        ? { kind: "statistics", statistics: await store.logs.statistics(range) }
        : { kind: "store", place: store.place, range },
    );
    const about = await store.findings.unfixedAbout([...new Set(signs.flatMap(({ finding }) => addressOf(finding) ?? []))]);
    const causes = about.filter(({ finding, vantage }) => !finding.code.startsWith("log-") && isSeenHere(finding, vantage));
    const changed = await store.findings.recordLog(joined(signs, causes), {
      at: now.toISOString(),
      silentSince: new Date(now.getTime() - SILENCE_MS).toISOString(),
    });
    this.#pauseMs = Math.min(this.#pace.mostMs, Math.max(this.#pace.leastMs, (performance.now() - began) / SHARE));
    if (changed) feed.tell({ type: "findings" });
    await onFindings(signs.map(({ finding }) => finding));
  }
}

/** The logs are of this machine: a fault on the side of another vantage explains nothing in them. */
function isSeenHere({ code }: Finding, vantage: string): boolean {
  return code !== "our-side" || vantage === LOCAL_VANTAGE;
}

/** Each sign with the finding that explains it, as it then reads. */
function joined(signs: readonly LogSign[], causes: readonly AskedFinding[]): LogFinding[] {
  // Evidence of signs that were joined before would be there twice.
  const bare = causes.map(({ finding }) => withoutSigns(finding));
  const together = absorbLogFindings(
    bare,
    signs.map(({ finding }) => finding),
  );
  return signs.map((sign) => {
    const { finding } = sign;
    if (together.includes(finding)) return { ...sign, absorbedBy: null };
    const place = bare.findIndex(
      (cause) => addressOf(cause) === addressOf(finding) && together.some((each) => isNow(each, cause, finding)),
    );
    const cause = causes[place];
    const reads = together.find((each) => isNow(each, bare[place] as Finding, finding));
    return {
      ...sign,
      absorbedBy: cause === undefined || reads === undefined ? null : { id: cause.id, vantage: cause.vantage, finding: reads },
    };
  });
}

function addressOf({ subject }: Finding): string | null {
  return subject.address === null ? null : (canonicalAddress(subject.address)?.text ?? null);
}
