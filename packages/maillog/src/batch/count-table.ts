/** Counts of one batch, added up: one entry per minute, peer, measure, note and value. */
import { type CountedPeer, type LogCount, type LogMeasure, peerIdentity } from "@mxray/contracts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface CountOptions {
  readonly times?: number;
  readonly value?: number;
  /** Counts into `least` and `most`. */
  readonly extent?: number;
  readonly note?: string;
}

const NOTE_CAP = 100;

export class CountTable {
  #counts = new Map<string, Mutable<LogCount>>();

  get size(): number {
    return this.#counts.size;
  }

  /** @param timeMs NaN counts at the beginning of time: the line had no stamp */
  add(peer: CountedPeer | null, measure: LogMeasure, timeMs: number, { times = 1, value = 0, extent, note = "" }: CountOptions = {}): void {
    const start = Number.isNaN(timeMs) ? 0 : Math.floor(timeMs / 60_000) * 60;
    const shownNote = note.slice(0, NOTE_CAP);
    const key = `${start} ${peer === null ? "" : peerIdentity(peer)} ${measure} ${value} ${shownNote}`;
    const known = this.#counts.get(key);
    const least = extent ?? null;
    if (known === undefined) {
      this.#counts.set(key, { start, peer, measure, note: shownNote, value, count: times, least, most: least });
      return;
    }
    known.count += times;
    if (extent === undefined) return;
    known.least = Math.min(known.least ?? extent, extent);
    known.most = Math.max(known.most ?? extent, extent);
  }

  take(): LogCount[] {
    const counts = [...this.#counts.values()].filter(({ count }) => count !== 0);
    this.#counts = new Map();
    return counts;
  }
}
