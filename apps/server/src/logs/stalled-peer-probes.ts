/**
 * Probes outbound peers that stall, by themselves, where the operator turned that on: without a DATA ladder, each once a day, and
 * never again after 421 or 554. Clients that send to us are strangers and are never probed by themselves.
 */
import { canonicalAddress, type Finding, type FindingCode, formatEndpoint, type ProbeObservation, parseTarget } from "@mxray/contracts";
import type { Store } from "@mxray/store";
import type { LiveFeed } from "../probing/live-feed.ts";
import { hasEnded } from "../probing/live-feed.ts";
import type { ProbeQueue } from "../probing/probe-queue.ts";
import { refusalOfTarget } from "../probing/target-policy.ts";
import type { Settings } from "../settings/settings.ts";

const STALLS: readonly FindingCode[] = ["log-outbound-stalls", "log-size-correlated"];
const PAUSE_MS = 86_400_000;
/** Of one round of findings. */
const MOST_AT_ONCE = 5;
const UNWELCOME = new Set([421, 554]);

export interface StalledPeerProbesDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly queue: ProbeQueue;
  readonly feed: LiveFeed;
}

export class StalledPeerProbes {
  readonly #deps: StalledPeerProbesDeps;
  /** Probe -> address. */
  readonly #running = new Map<string, string>();

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
    const { id } = await queue.submit({ target: shown, noMx: true, dataLadder: false });
    this.#running.set(id, canonical.text);
    await store.logs.notePeerProbe(canonical.text, new Date().toISOString());
    return true;
  }

  /** Listens until the signal: who answers 421 or 554 is left in peace. */
  async watch(signal: AbortSignal): Promise<void> {
    const { store, feed } = this.#deps;
    for await (const event of feed.changes(signal)) {
      if (event.type !== "probe" || !hasEnded(event.probe)) continue;
      const address = this.#running.get(event.probe.id);
      if (address === undefined) continue;
      this.#running.delete(event.probe.id);
      const probe = await store.probes.get(event.probe.id);
      if (probe?.observation != null && isUnwelcome(probe.observation))
        await store.logs.refusePeerProbes(address, new Date().toISOString());
    }
  }
}

function isUnwelcome({ hosts }: ProbeObservation): boolean {
  return hosts.some(({ stages }) => stages.some(({ reply }) => reply !== null && UNWELCOME.has(reply.code)));
}
