/**
 * Probes outbound peers that stall automatically, where the operator turned that on: without a DATA ladder, each once a day, and
 * never again after 421 or 554. Clients that send to us are strangers and are never probed automatically.
 */
import { canonicalAddress, type Finding, type FindingCode, formatEndpoint, type LiveDelivery, parseTarget } from "@mxray/contracts";
import type { Settings } from "../../live-settings.ts";
import type { Probes } from "../../probing/probes.ts";
import { refusalOfTarget } from "../../vantages/target-policy.ts";

const STALLS: readonly FindingCode[] = [
  "log-outbound-stalls",
  "log-size-correlated",
  "log-tls-stalls",
  "log-greeting-stalls",
  "log-rcpt-stalls",
];
const PAUSE_MS = 86_400_000;
/** Of one round of findings. */
const MOST_AT_ONCE = 5;
/**
 * A suspicion that a probe should settle: so many stalls, and a lower chance of them at the everyday rate. A host that takes nothing
 * at all stays a suspicion for hours, since one outage explains all of its stalls.
 */
const STRONG = { stalls: 5, chance: 1e-3 } as const;

export interface StalledPeerProbesDeps {
  readonly settings: Settings;
  readonly probes: Pick<Probes, "submitOnce">;
}

export class StalledPeerProbes {
  readonly #deps: StalledPeerProbesDeps;

  constructor(deps: StalledPeerProbesDeps) {
    this.#deps = deps;
  }

  async consider(findings: readonly Finding[]): Promise<void> {
    const { settings } = this.#deps;
    const stalls = findings.filter(({ code }) => STALLS.includes(code));
    const [sure, suspected] = [stalls.filter(isSure), stalls.filter((finding) => !isSure(finding) && isStrong(finding))];
    let begun = 0;
    for (const finding of [...sure, ...suspected]) {
      if (settings.values.logProbing !== "on" || begun >= MOST_AT_ONCE) return;
      if (await this.#probe(finding.subject)) begun += 1;
    }
  }

  /**
   * What a kernel sees stall now: only what its machine sends to a mail host, and not one whose own window is closed.
   *
   * @param agent on whose machine it stalls, and which probes; null for this server's own
   */
  async considerLive(stalls: readonly LiveDelivery[], agent: string | null): Promise<void> {
    const { settings } = this.#deps;
    const outbound = stalls.filter(({ direction, stall }) => direction === "outbound" && stall === "unacknowledged");
    const peers = new Map(outbound.map(({ peer }) => [formatEndpoint(peer.address, peer.port), peer]));
    let begun = 0;
    for (const peer of peers.values()) {
      if (settings.values.logProbing !== "on" || begun >= MOST_AT_ONCE) return;
      if (await this.#probe(peer, agent)) begun += 1;
    }
  }

  async #probe({ address, port }: Pick<Finding["subject"], "address" | "port">, agent: string | null = null): Promise<boolean> {
    const { settings, probes } = this.#deps;
    const canonical = address === null ? null : canonicalAddress(address);
    if (canonical === null || port === null) return false;
    const shown = canonical.family === 6 ? `[${canonical.text}]:${port}` : formatEndpoint(canonical.text, port);
    const parsed = parseTarget(shown);
    if (!parsed.ok || refusalOfTarget(settings.values, parsed.target) !== null) return false;
    const since = new Date(Date.now() - PAUSE_MS).toISOString();
    const claim = { kind: "stalled-peer", address: canonical.text, since } as const;
    const request = { target: shown, noMx: true, dataLadder: false, ...(agent === null ? {} : { vantage: agent }) };
    return (await probes.submitOnce(request, claim)) !== null;
  }
}

function isSure({ confidence }: Finding): boolean {
  return confidence !== "suspected";
}

function isStrong({ evidence }: Finding): boolean {
  return evidence.some(({ data }) => Number(data.stalls ?? 0) >= STRONG.stalls && Number(data.chance ?? 1) < STRONG.chance);
}
