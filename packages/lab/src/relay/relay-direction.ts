/**
 * One direction of a relayed link: when a packet leaves it, if at all. No clock and no device: the caller says what time it
 * is, so that the arithmetic can be tested without waiting.
 */
import type { RelayConditions } from "./relay-conditions.ts";

/** A duplicate follows the original after this time, milliseconds. */
const DUPLICATE_AFTER_MS = 0.5;

export class RelayDirection {
  readonly #conditions: RelayConditions;
  readonly #random: () => number;
  #lastDeparture = 0;
  #outage: { readonly until: number; readonly now: boolean };
  #tokens: number;
  #tokensAt: number;
  #queueEmptyAt: number;

  /** @param now milliseconds on the clock that `departures` uses */
  constructor(conditions: RelayConditions, random: () => number, now: number) {
    this.#conditions = conditions;
    this.#random = random;
    this.#outage = { now: false, until: now + this.#goodTime() };
    this.#tokens = conditions.police?.burst ?? 0;
    this.#tokensAt = now;
    this.#queueEmptyAt = now;
  }

  /** Times (milliseconds) at which an IP packet of `size` bytes that comes in `now` goes out: none, one or two. */
  departures(size: number, now: number): readonly number[] {
    const { delayMs = 0, jitterMs = 0, duplicates = 0, reorder } = this.#conditions;
    if (this.#lost(size, now)) return [];
    const sentAt = this.#shaped(size, now);
    if (sentAt === null) return [];
    let at = sentAt + delayMs + (jitterMs === 0 ? 0 : this.#random() * jitterMs);
    if (reorder !== undefined && this.#random() < reorder.share) at += reorder.lateMs;
    else {
      at = Math.max(at, this.#lastDeparture);
      this.#lastDeparture = at;
    }
    return duplicates > 0 && this.#random() < duplicates ? [at, at + DUPLICATE_AFTER_MS] : [at];
  }

  #lost(size: number, now: number): boolean {
    const { loss = 0, largeLoss } = this.#conditions;
    if (this.#inOutage(now)) return true;
    if (loss > 0 && this.#random() < loss) return true;
    if (largeLoss !== undefined && size > largeLoss.above && this.#random() < largeLoss.share) return true;
    return this.#policed(size, now);
  }

  #inOutage(now: number): boolean {
    const { bursts } = this.#conditions;
    if (bursts === undefined) return false;
    while (now >= this.#outage.until) {
      const begins = !this.#outage.now;
      const [shortest, longest] = bursts.outageMs;
      const length = begins ? shortest + this.#random() * (longest - shortest) : this.#goodTime();
      this.#outage = { now: begins, until: this.#outage.until + length };
    }
    return this.#outage.now;
  }

  #goodTime(): number {
    const mean = this.#conditions.bursts?.goodMs;
    return mean === undefined ? Number.POSITIVE_INFINITY : -Math.log(1 - this.#random()) * mean;
  }

  #policed(size: number, now: number): boolean {
    const { police } = this.#conditions;
    if (police === undefined) return false;
    this.#tokens = Math.min(police.burst, this.#tokens + ((now - this.#tokensAt) / 1000) * police.rate);
    this.#tokensAt = now;
    if (this.#tokens < size) return true;
    this.#tokens -= size;
    return false;
  }

  /** When the last byte has left the queue; null where the queue has no room. */
  #shaped(size: number, now: number): number | null {
    const { shape } = this.#conditions;
    if (shape === undefined) return now;
    const start = Math.max(now, this.#queueEmptyAt);
    const queued = ((start - now) / 1000) * shape.rate;
    if (queued + size > shape.queue) return null;
    this.#queueEmptyAt = start + (size / shape.rate) * 1000;
    return this.#queueEmptyAt;
  }
}
