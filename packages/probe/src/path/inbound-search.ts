/**
 * Black holes on the way from the mail host to us: all our bytes are acknowledged, and its first large flight (the
 * certificate) never comes. Advertising a smaller MSS makes the host send smaller segments; the largest one with which
 * the flight arrives gives the MTU of that direction, to the byte where the connections suffice.
 *
 * Each trial is one observation: what was lost in it, and how large packets of about that size fare where they arrive.
 */
import type { InboundPath } from "@mxray/contracts";
import { nextInboundSize } from "./inbound-sizes.ts";
import { type InboundObservation, inboundChance, inboundConfidence } from "./inbound-statistics.ts";
import type { MtuBounds } from "./mtu-search.ts";

export interface InboundTrial {
  readonly outcome: "arrived" | "stalled" | "failed";
  readonly ms: number;
  /** Segments that came while an earlier one was missing. */
  readonly outOfOrder: number;
  /** Of a stall: how often the host sent its missing segment in vain while small packets passed; absent where that is not known. */
  readonly losses?: number | null;
  /** Full-size segments that arrived, and those of them that came late. */
  readonly large?: { readonly arrived: number; readonly late: number };
}

export interface InboundSearchRequest {
  readonly family: 4 | 6;
  /** The first, unclamped handshake. */
  readonly stalled: InboundTrial;
  /** IP packet size that we advertise without a clamp, bytes. */
  readonly top: number;
  /** The MTU of the way to the host, bytes: often that of the way back; null where it is not limited. */
  readonly likely?: number | null;
  /**
   * One handshake with this MSS advertised, bytes.
   *
   * @param quickestMs of those that arrived so far, milliseconds
   * @param patient whether a stall must last longer to count: to confirm what was found, and where packets get lost at times
   */
  readonly trial: (mss: number, quickestMs: number | null, patient: boolean) => Promise<InboundTrial>;
  readonly aborted: () => boolean;
}

/** Connections after the one that stalled. */
const MOST_TRIALS = 10;
/** The least that IPv6 links carry, then the least that any host accepts: whether anything arrives at all. */
const SMALL_PACKETS = [1280, 576] as const;

export async function searchInbound(request: InboundSearchRequest): Promise<InboundPath> {
  return await new InboundSearch(request).run();
}

class InboundSearch {
  readonly #request: InboundSearchRequest;
  readonly #headers: number;
  readonly #trials: InboundPath["trials"] = [];
  readonly #seen: InboundObservation[] = [];
  #quickest: number | null = null;
  #failed = false;

  constructor(request: InboundSearchRequest) {
    this.#request = request;
    this.#headers = request.family === 4 ? 40 : 60;
    this.#note(null, request.top, request.stalled);
  }

  async run(): Promise<InboundPath> {
    await this.#findSomeThatArrives();
    if (!this.#seen.some(({ arrived }) => arrived)) {
      return this.#path(
        "inconclusive",
        this.#failed
          ? "The TLS handshake stalls, and further connections to find out why were not possible."
          : "The TLS handshake stalls also when only small segments are asked for, so it is the host's TLS that is slow or broken, not the size of its packets.",
      );
    }
    while (true) {
      const bounds = this.#bounds();
      if (bounds === null) {
        return this.#path(
          "lossy",
          "A TLS handshake that had stalled arrived with segments of the same size later: packets get lost at times.",
        );
      }
      const next = this.#next(bounds);
      if (next === null || !(await this.#attempt(next))) return this.#hole(bounds);
    }
  }

  async #findSomeThatArrives(): Promise<void> {
    const { likely = null, top, family } = this.#request;
    const small = family === 4 ? SMALL_PACKETS : SMALL_PACKETS.slice(0, 1);
    const first = likely ?? nextInboundSize({ passed: small.at(-1) ?? 0, lost: top }) ?? SMALL_PACKETS[0];
    for (const packet of [first, ...small.filter((size) => size < first)]) {
      if (packet >= top) continue;
      if (!(await this.#attempt(packet))) return;
      if (this.#seen.at(-1)?.arrived !== true) continue;
      // It took about as long as the first one was waited for: that one may have been slow, not lost.
      if ((this.#quickest ?? 0) > this.#request.stalled.ms / 2) await this.#attempt(top);
      return;
    }
  }

  /** The size to try next; null when there is nothing left to find out. */
  #next(bounds: MtuBounds): number | null {
    const { likely = null } = this.#request;
    if (likely === bounds.passed && !this.#seen.some(({ packet }) => packet === likely + 1)) return likely + 1;
    const size = nextInboundSize(bounds);
    if (size !== null) return size;
    if (this.#confidence(bounds) === "proven") return null;
    // Exact: its successor and the size that fits once more, by turns.
    return this.#seen.at(-1)?.packet === bounds.lost && this.#times(bounds.lost) > this.#times(bounds.passed) ? bounds.passed : bounds.lost;
  }

  /** False when no further trial is possible. */
  async #attempt(packet: number): Promise<boolean> {
    const { trial, aborted } = this.#request;
    if (this.#trials.length > MOST_TRIALS || aborted()) return false;
    const mss = packet - this.#headers;
    const result = await trial(mss, this.#quickest, this.#patient);
    if (result.outcome === "failed") {
      this.#failed = true;
      this.#trials.push(shown(mss, result));
      return false;
    }
    if (result.outcome === "arrived") this.#quickest = Math.min(this.#quickest ?? result.ms, result.ms);
    this.#note(mss, packet, result);
    return true;
  }

  #note(mss: number | null, packet: number, result: InboundTrial): void {
    const { losses = null, large = { arrived: 0, late: 0 } } = result;
    this.#trials.push(shown(mss, result));
    this.#seen.push({ packet, arrived: result.outcome === "arrived", losses, large });
  }

  /** Null when nothing arrived, or nothing above the largest size that arrived has stalled. */
  #bounds(): MtuBounds | null {
    const passed = Math.max(...this.#seen.filter(({ arrived }) => arrived).map(({ packet }) => packet));
    const lost = Math.min(...this.#seen.filter(({ arrived, packet }) => !arrived && packet > passed).map(({ packet }) => packet));
    return Number.isFinite(lost) && Number.isFinite(passed) ? { passed, lost } : null;
  }

  /** Nothing is left to search for but certainty, or chance has a part in it. */
  get #patient(): boolean {
    const bounds = this.#bounds();
    return (bounds !== null && nextInboundSize(bounds) === null) || this.#seen.some(({ large }) => large.late > 0);
  }

  #times(size: number): number {
    return this.#seen.filter(({ packet }) => packet === size).length;
  }

  /** The size that fits arrived, and its successor stalled at least twice, the last time after that. */
  #confirmed({ passed, lost }: MtuBounds): boolean {
    const last = this.#seen.findLastIndex(({ packet }) => packet === lost);
    return this.#times(lost) >= 2 && this.#seen.some(({ packet, arrived }, index) => packet === passed && arrived && index < last);
  }

  #confidence(bounds: MtuBounds): InboundPath["confidence"] {
    const exact = bounds.lost === bounds.passed + 1;
    return inboundConfidence(inboundChance(this.#seen, bounds), exact && this.#confirmed(bounds));
  }

  #hole(bounds: MtuBounds): InboundPath {
    const { passed, lost } = bounds;
    const exact = lost === passed + 1;
    const [fits, stalls] = [passed - this.#headers, lost - this.#headers];
    const sizes = exact
      ? `With our advertised MSS limited to ${fits} bytes its TLS handshake arrives, with ${stalls} it does not: packets of ${passed} bytes pass, of ${lost} bytes do not.`
      : `With our advertised MSS limited to ${fits} bytes its TLS handshake arrives, with ${stalls} it does not: packets of at least ${passed} bytes pass, and of ${lost} bytes do not. The exact size was not found with the connections that one probe may open.`;
    return this.#path("black-hole", `The host's large packets do not arrive here, while all of ours are acknowledged. ${sizes}`, {
      mtu: passed,
      exact,
      confidence: this.#confidence(bounds),
      clampedMss: fits,
    });
  }

  #path(verdict: InboundPath["verdict"], reason: string, more: Partial<InboundPath> = {}): InboundPath {
    return { verdict, mtu: null, confidence: null, clampedMss: null, ...more, reason, trials: this.#trials };
  }
}

function shown(mss: number | null, { outcome, ms, outOfOrder }: InboundTrial): InboundPath["trials"][number] {
  return { mss, outcome, ms, outOfOrder };
}
