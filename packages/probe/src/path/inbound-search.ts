/**
 * Black holes on the way from the mail host to us: all our bytes are acknowledged, and its first large flight (the
 * certificate) never comes. Advertising a smaller MSS makes the host send smaller segments; the largest one with which
 * the flight arrives gives the MTU of that direction, to the byte where the connections suffice.
 *
 * Each trial is one observation: what was lost in it, and how large packets of about that size fare where they arrive.
 */
import type { InboundPath } from "@mxray/contracts";
import { HANDSHAKE_PATIENCES, HANDSHAKE_TIMEOUTS, type HandshakePatience, LEAST_RTO_MS } from "../session/handshake-watch.ts";
import { firstInboundSize, leastStalls, nextInboundSize } from "./inbound-sizes.ts";
import {
  fullSegments,
  type InboundChance,
  type InboundObservation,
  inboundChance,
  inboundConfidence,
  lackingBlindLosses,
  lackingLosses,
} from "./inbound-statistics.ts";
import type { MtuBounds } from "./mtu-search.ts";
import type { SmallSegments } from "./path-statistics.ts";

export interface InboundTrial {
  readonly outcome: "arrived" | "stalled" | "failed";
  readonly ms: number;
  /** Segments that came while an earlier one was missing. */
  readonly outOfOrder: number;
  /** Of a stall: how often the host sent its missing segment in vain while small packets passed; absent where that is not known. */
  readonly losses?: number | null;
  /** Of a stall: how often the host sent in vain again all that is missing, and then the first missing segment alone. */
  readonly repeated?: { readonly whole: number; readonly first: number };
  /** Full-size segments that arrived, and those of them that came late. */
  readonly large?: { readonly arrived: number; readonly late: number };
  /** Payload bytes that arrived in order. */
  readonly received?: number;
  /** The largest IP packet that arrived, in order or not, bytes; null where that is not known. */
  readonly largest?: number | null;
  /** Large packets may have arrived out of order without being seen. */
  readonly unseen?: boolean;
  /** The host's first time-out, as this machine's own shows it, milliseconds; absent where that is not known. */
  readonly rtoMs?: number | null;
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
   * @param patience how long a stall must last to count: longer to confirm what was found, and where packets get lost at times
   */
  readonly trial: (mss: number, quickestMs: number | null, patience: HandshakePatience) => Promise<InboundTrial>;
  readonly aborted: () => boolean;
  /** Small packets of the host's, and those of them that came late; default none. */
  readonly replies?: () => SmallSegments;
  /** Connections that may still be opened; default as many as the search makes use of. */
  readonly connections?: () => number;
}

/** Connections after the one that stalled. */
const MOST_TRIALS = 10;
/** What all trials may take, milliseconds, for a proof and for a guard against chance: where time-outs are long, stalls are watched for fewer. */
const LONGEST_SEARCH_MS = { proof: 40_000, guard: 15_000 } as const;
/** Time-outs to wait for where large packets get lost at times, lest one that fits counts as stalled. */
const LATE_PATIENCE = 3;
/** With no more than these, each is needed for a stall. */
const SPARED_TRIALS = 4;
/** Trials that break off for other reasons, before the search is given up. */
const MOST_FAILURES = 2;
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
  /** The largest packet that is known to have arrived, bytes; 0 while none is. */
  #largest = 0;
  #failures = 0;
  #rtoMs = LEAST_RTO_MS;

  constructor(request: InboundSearchRequest) {
    this.#request = request;
    this.#headers = request.family === 4 ? 40 : 60;
    this.#note(null, request.top, request.stalled);
  }

  async run(): Promise<InboundPath> {
    await this.#findSomeThatArrives();
    if (this.#largest === 0) {
      return this.#path(
        "inconclusive",
        this.#failures > 0
          ? "The TLS handshake stalls, and further connections to find out why were not possible."
          : "The TLS handshake stalls also when only small segments are asked for, so it is the host's TLS that is slow or broken, not the size of its packets.",
      );
    }
    while (true) {
      const bounds = this.#bounds();
      if (bounds === null) {
        return this.#path("lossy", this.#lossyReason());
      }
      const next = this.#next(bounds);
      if (next === null || !(await this.#attempt(next))) return this.#hole(bounds);
    }
  }

  async #findSomeThatArrives(): Promise<void> {
    const { likely = null, top, family } = this.#request;
    const small = family === 4 ? SMALL_PACKETS : SMALL_PACKETS.slice(0, 1);
    const first = likely ?? firstInboundSize({ passed: small.at(-1) ?? 0, lost: top }, this.#left);
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
    const size = nextInboundSize(bounds, this.#left);
    if (size !== null) return size;
    if (this.#confidence(bounds) === "proven") return null;
    // Exact: its successor again and again; the size that fits once, and where packets get lost at times twice.
    const fitting = this.#seen.filter(({ packet, arrived }) => packet === bounds.passed && arrived).length;
    const enough = this.#late && this.#left > SPARED_TRIALS ? 2 : 1;
    return fitting >= enough || this.#seen.at(-1)?.packet !== bounds.lost ? bounds.lost : bounds.passed;
  }

  /** False when no further trial is possible. */
  async #attempt(packet: number): Promise<boolean> {
    const { trial, aborted } = this.#request;
    if (aborted() || this.#left <= 0) return false;
    const mss = packet - this.#headers;
    const result = await trial(mss, this.#quickest, this.#patience());
    if (result.outcome === "failed") {
      this.#failures += 1;
      this.#trials.push(shown(mss, result));
      return this.#failures <= MOST_FAILURES;
    }
    if (result.outcome === "arrived") this.#quickest = Math.min(this.#quickest ?? result.ms, result.ms);
    this.#note(mss, packet, result);
    return true;
  }

  #note(mss: number | null, packet: number, result: InboundTrial): void {
    const {
      outOfOrder,
      losses = null,
      repeated = { whole: 0, first: 0 },
      large = { arrived: 0, late: 0 },
      received = 0,
      largest = null,
      unseen = false,
    } = result;
    const arrived = result.outcome === "arrived";
    this.#trials.push(shown(mss, result));
    this.#rtoMs = Math.max(LEAST_RTO_MS, result.rtoMs ?? 0);
    this.#seen.push({ packet, arrived, outOfOrder, losses, repeated, large, received, unseen });
    // A segment of this size passes, whatever became of the others.
    this.#largest = Math.max(this.#largest, arrived ? packet : Math.min(packet, largest ?? 0));
  }

  /** Null when nothing arrived, or nothing above the largest packet that arrived has stalled. */
  #bounds(): MtuBounds | null {
    const passed = this.#largest;
    const lost = Math.min(...this.#seen.filter(({ arrived, packet }) => !arrived && packet > passed).map(({ packet }) => packet));
    return Number.isFinite(lost) && passed > 0 ? { passed, lost } : null;
  }

  /** Long enough for the stalls that are to come to be proof in the end; no longer where they cannot even make it likely. */
  #patience(): HandshakePatience {
    const bounds = this.#bounds();
    // How large a flight is shows once one has arrived.
    if (bounds === null || !this.#seen.some(({ arrived }) => arrived)) return "hasty";
    const chance = this.#chance(bounds);
    const trials = this.#seen.length + this.#left;
    const { passed, lost } = bounds;
    // The likely size passes: its successor should stall.
    const stalls = leastStalls(this.#request.likely === passed ? { passed, lost: passed + 1 } : bounds, this.#left);
    // The flight, as far as its loss is seen, and its repetition; each step of patience adds a time-out.
    const flight = 2 * (this.#seen.some(({ unseen }) => unseen) ? 1 : fullSegments(this.#seen, lost - this.#headers));
    const large = Math.ceil(lackingLosses(chance, "proven", trials) / stalls - flight);
    const hopeless = lackingLosses(chance, "likely", trials) > this.#left * (flight + HANDSHAKE_PATIENCES.length);
    const proof = Math.max(Math.ceil(lackingBlindLosses(chance) / stalls) - 1, hopeless ? 0 : large);
    const guard = this.#late ? LATE_PATIENCE : 1;
    const steps = Math.max(1, this.#affordable("proof", proof), this.#affordable("guard", guard));
    return HANDSHAKE_PATIENCES[steps - 1] ?? "stubborn";
  }

  /** @returns so many steps of patience, or as many as the time that is left allows */
  #affordable(purpose: "proof" | "guard", steps: number): number {
    const spent = this.#trials.reduce((sum, { ms }) => sum + ms, 0);
    const eachMs = (LONGEST_SEARCH_MS[purpose] - spent) / Math.max(1, this.#left);
    return Math.min(steps, HANDSHAKE_PATIENCES.filter((patience) => HANDSHAKE_TIMEOUTS[patience] * this.#rtoMs <= eachMs).length);
  }

  /** Large packets get lost at times. */
  get #late(): boolean {
    return this.#seen.some(({ large }) => large.late > 0);
  }

  #lossyReason(): string {
    const { packet } = this.#seen.findLast(({ arrived }) => !arrived) ?? { packet: this.#request.top };
    return this.#seen.some((trial) => trial.arrived && trial.packet >= packet)
      ? "A TLS handshake that had stalled arrived with segments of the same size later: packets get lost at times."
      : `The TLS handshake stalls at times, although packets of ${this.#largest} bytes, its largest, do arrive: packets get lost at times.`;
  }

  /** Trials that may still be made. */
  get #left(): number {
    const { connections = () => MOST_TRIALS } = this.#request;
    return Math.min(MOST_TRIALS + 1 - this.#trials.length, connections());
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
    return inboundConfidence(this.#chance(bounds), exact && this.#confirmed(bounds));
  }

  #chance(bounds: MtuBounds): InboundChance {
    const { replies = () => ({ sent: 0, lost: 0 }) } = this.#request;
    return inboundChance(this.#seen, bounds, { headers: this.#headers, replies: replies() });
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
