/**
 * Black holes on the way from the mail host to us: all our bytes are acknowledged, and its first large flight (the
 * certificate) never comes. Advertising a smaller MSS makes the host send smaller segments; the largest one with which
 * the flight arrives gives the MTU of that direction, to the byte.
 */
import type { InboundPath } from "@mxray/contracts";
import { type MtuBounds, nextSize } from "./mtu-search.ts";
import { upperBound } from "./path-statistics.ts";

export interface InboundTrial {
  readonly outcome: "arrived" | "stalled" | "failed";
  readonly ms: number;
  readonly outOfOrder: number;
}

/** Connections after the one that stalled. */
const MOST_TRIALS = 10;
/** Where the search starts: the least that IPv6 links carry, then the least that any host accepts. */
const FIRST_PACKETS = [1280, 576] as const;
/** The host sends its lost segments again at least so often before a trial is given up. */
const LOSSES_PER_STALL = 2;

/**
 * @param stalled the first, unclamped handshake
 * @param top IP packet size that we advertise without a clamp, bytes
 * @param trial one handshake with this MSS advertised, bytes
 */
export async function searchInbound({
  family,
  top,
  stalled,
  trial,
  aborted,
}: {
  family: 4 | 6;
  top: number;
  stalled: InboundTrial;
  trial: (mss: number, quickestMs: number | null) => Promise<InboundTrial>;
  aborted: () => boolean;
}): Promise<InboundPath> {
  const headers = family === 4 ? 40 : 60;
  const trials: InboundPath["trials"] = [{ mss: null, ...stalled }];
  const seen: { packet: number; arrived: boolean }[] = [{ packet: top, arrived: false }];
  let quickest: number | null = null;
  let failures = 0;

  const attempt = async (packet: number): Promise<boolean | null> => {
    if (trials.length > MOST_TRIALS || aborted()) return null;
    const result = await trial(packet - headers, quickest);
    trials.push({ mss: packet - headers, ...result });
    if (result.outcome === "failed") {
      failures += 1;
      return null;
    }
    const arrived = result.outcome === "arrived";
    if (arrived) quickest = Math.min(quickest ?? result.ms, result.ms);
    seen.push({ packet, arrived });
    return arrived;
  };
  const path = (verdict: InboundPath["verdict"], reason: string, more: Partial<InboundPath> = {}): InboundPath => ({
    verdict,
    mtu: null,
    confidence: null,
    clampedMss: null,
    ...more,
    reason,
    trials,
  });

  for (const packet of FIRST_PACKETS) {
    if (packet >= top) continue;
    if ((await attempt(packet)) === true) break;
  }
  if (!seen.some(({ arrived }) => arrived)) {
    return path(
      "inconclusive",
      failures > 0
        ? "The TLS handshake stalls, and further connections to find out why did not come about."
        : "The TLS handshake stalls also when only small segments are asked for, so it is the host's TLS that is slow or broken, not the size of its packets.",
    );
  }

  while (true) {
    const bounds = inboundBounds(seen);
    if (bounds === null)
      return path("lossy", "The TLS handshake stalled once and worked with the same segment size later: chance, not size.");
    const size = nextSize(bounds);
    // Exact: confirm the size that fits and its successor once more, by turns.
    const next = size ?? (confirmed(seen, bounds) ? null : seen.at(-1)?.packet === bounds.lost ? bounds.passed : bounds.lost);
    if (next !== null && (await attempt(next)) !== null) continue;

    const exact = bounds.lost === bounds.passed + 1;
    const losses = seen.filter(({ arrived, packet }) => !arrived && packet > bounds.passed).length * LOSSES_PER_STALL;
    // Small segments of all trials passed; their number bounds random loss from above.
    const chance = seen.length * upperBound(0, 6 * trials.length) ** losses;
    const confidence = exact && confirmed(seen, bounds) && chance < 1e-6 ? "proven" : chance < 1e-3 ? "likely" : "suspected";
    return path(
      "black-hole",
      `The host's large packets do not arrive here while all of ours are acknowledged; with our advertised MSS limited to ${bounds.passed - headers} bytes they do${exact ? `, and with ${bounds.lost - headers} they do not` : ""}.`,
      { mtu: bounds.passed, confidence, clampedMss: bounds.passed - headers },
    );
  }
}

function inboundBounds(seen: readonly { packet: number; arrived: boolean }[]): MtuBounds | null {
  const passed = Math.max(...seen.filter(({ arrived }) => arrived).map(({ packet }) => packet));
  const lost = Math.min(...seen.filter(({ arrived, packet }) => !arrived && packet > passed).map(({ packet }) => packet));
  return Number.isFinite(lost) ? { passed, lost } : null;
}

/** The size that fits arrived at least once, and its successor stalled before and after that or at least twice. */
function confirmed(seen: readonly { packet: number; arrived: boolean }[], { passed, lost }: MtuBounds): boolean {
  const losses = seen.flatMap(({ packet, arrived }, index) => (packet === lost && !arrived ? [index] : []));
  return losses.length >= 2 && seen.some(({ packet, arrived }, index) => packet === passed && arrived && index < (losses.at(-1) ?? 0));
}
