/**
 * Probes outbound peers that stall, by themselves, where the operator turned that on: without a DATA ladder, each once a day, and
 * never again after 421 or 554. Clients that send to us are strangers and are never probed by themselves.
 */
import { canonicalAddress, type Finding, type FindingCode, formatEndpoint, parseTarget } from "@mxray/contracts";
import type { Store } from "@mxray/store";
import type { LiveFeed } from "../../live-feed.ts";
import { hasEnded } from "../../live-feed.ts";
import type { Settings } from "../../live-settings.ts";
import type { ProbeQueue } from "../../probing/probe-queue.ts";
import { isUnwelcome } from "../../probing/unwelcome.ts";
import { refusalOfTarget } from "../../vantages/target-policy.ts";

const STALLS: readonly FindingCode[] = ["log-outbound-stalls", "log-size-correlated"];
const PAUSE_MS = 86_400_000;
/** Of one round of findings. */
const MOST_AT_ONCE = 5;

export interface StalledPeerProbesDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly queue: ProbeQueue;
  readonly feed: LiveFeed;
}

export class StalledPeerProbes {
  readonly #deps: StalledPeerProbesDeps;

  constructor(deps: StalledPeerProbesDeps) {
    this.#deps = deps;
  }

  async consider(findings: readonly Finding[]): Promise<void> {
    const { settings } = this.#deps;
    let begun = 0;
    for (const finding of findings) {
      if (settings.values.logProbing !== "on" || begun >= MOST_AT_ONCE) return;
      if (STALLS.includes(finding.code) && finding.confidence !== "suspected" && (await this.#probe(finding))) begun += 1;
    }
  }

  async #probe({ subject: { address, port } }: Finding): Promise<boolean> {
    const { settings, store, queue } = this.#deps;
    const canonical = address === null ? null : canonicalAddress(address);
    if (canonical === null || port === null) return false;
    const shown = canonical.family === 6 ? `[${canonical.text}]:${port}` : formatEndpoint(canonical.text, port);
    const parsed = parseTarget(shown);
    if (!parsed.ok || refusalOfTarget(settings.values, parsed.target) !== null) return false;
    const before = await store.logs.peerProbe(canonical.text);
    if (before !== null && (before.refusedAt !== null || Date.parse(before.probedAt) > Date.now() - PAUSE_MS)) return false;
    // Its end may have been missed: the process was killed just then.
    if (before?.probeId != null && (await this.#wasRefused(canonical.text, before.probeId))) return false;
    const { id } = await queue.submit({ target: shown, noMx: true, dataLadder: false });
    await store.logs.notePeerProbe(canonical.text, new Date().toISOString(), id);
    return true;
  }

  /** Listens until the signal: who answers 421 or 554 is left in peace. */
  async watch(signal: AbortSignal): Promise<void> {
    const { store, feed } = this.#deps;
    for await (const event of feed.changes(signal)) {
      if (event.type !== "probe" || !hasEnded(event.probe)) continue;
      const address = await store.logs.addressOfPeerProbe(event.probe.id);
      if (address !== null) await this.#wasRefused(address, event.probe.id);
    }
  }

  /** Whether the host answered a probe with 421 or 554: then that is kept for good. */
  async #wasRefused(address: string, probeId: string): Promise<boolean> {
    const { store } = this.#deps;
    const observation = (await store.probes.get(probeId))?.observation ?? null;
    if (observation === null || !isUnwelcome(observation)) return false;
    await store.logs.refusePeerProbes(address, new Date().toISOString());
    return true;
  }
}
