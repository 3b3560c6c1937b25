/** What is counted of one peer in one direction, as it goes; `peerOfTally` makes the contract's form of it. */
import {
  type Direction,
  isContentStage,
  LOG_CAPS,
  type LogPeer,
  type MailStage,
  type PeerReach,
  type SizeTally,
  type StageStalls,
  sizeClassOf,
} from "@mxray/contracts";
import type { NamedPeer } from "../log-peer-name.ts";
import { type EntryExample, logExample, timeText } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Least and greatest time; infinite while there is none. */
interface Span {
  first: number;
  last: number;
}

export class PeerTally {
  readonly name: string | null;
  readonly address: string | null;
  port: number | null;
  readonly direction: Direction;
  readonly reach: PeerReach;
  sent = 0;
  deferred = 0;
  bounced = 0;
  expired = 0;
  failed = 0;
  stalled = 0;
  largestSent = -1;
  largestSentSince = -1;
  smallestStalled = Number.POSITIVE_INFINITY;
  largestStalled = -1;
  readonly sentSpan: Span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  readonly stallSpan: Span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  readonly sizes = new Map<number, Mutable<SizeTally>>();
  readonly stalls = new Map<MailStage, Mutable<StageStalls>>();
  readonly stallSeconds = new Map<number, number>();
  readonly receivedBytes = new FrequentCounts<number>(LOG_CAPS.receivedBytes);
  readonly pix = new FrequentCounts<string>(LOG_CAPS.pixWords);
  readonly stalledExamples: EntryExample[] = [];
  readonly pixExamples: EntryExample[] = [];
  largestSentExample: EntryExample | null = null;
  smallestStalledExample: EntryExample | null = null;

  constructor({ peer, reach }: NamedPeer, direction: Direction) {
    this.name = peer.name;
    this.address = peer.address;
    // A client's port tells nothing.
    this.port = direction === "inbound" ? null : peer.port;
    this.direction = direction;
    this.reach = reach;
  }

  /** A message that arrived, once. @returns whether it is the largest so far */
  addSize(size: number, timeMs: number, recovered: boolean): boolean {
    if (size < 0) return false;
    const tally = this.#sizeTally(size);
    tally.sent += 1;
    if (recovered) tally.recovered += 1;
    if (recovered || timeMs >= this.stallSpan.first) {
      tally.sentSince += 1;
      if (size > this.largestSentSince) this.largestSentSince = size;
    }
    if (size <= this.largestSent) return false;
    this.largestSent = size;
    return true;
  }

  /** A message that stalled at a content stage, once. @returns whether it is the smallest so far */
  addStalledSize(size: number): boolean {
    if (size < 0) return false;
    this.#sizeTally(size).stalled += 1;
    if (size > this.largestStalled) this.largestStalled = size;
    if (size >= this.smallestStalled) return false;
    this.smallestStalled = size;
    return true;
  }

  addStall(stage: MailStage, timedOut: boolean, timeMs: number, times: number): void {
    let tally = this.stalls.get(stage);
    if (tally === undefined) {
      tally = { stage, timeouts: 0, losses: 0 };
      this.stalls.set(stage, tally);
    }
    if (timedOut) tally.timeouts += times;
    else tally.losses += times;
    this.stalled += times;
    if (isContentStage(stage)) extend(this.stallSpan, timeMs);
  }

  addStallSeconds(seconds: number): void {
    const sizeClass = sizeClassOf(seconds);
    this.stallSeconds.set(sizeClass, (this.stallSeconds.get(sizeClass) ?? 0) + 1);
  }

  #sizeTally(size: number): Mutable<SizeTally> {
    const sizeClass = sizeClassOf(size);
    let tally = this.sizes.get(sizeClass);
    if (tally === undefined) {
      tally = { class: sizeClass, sent: 0, sentSince: 0, stalled: 0, recovered: 0 };
      this.sizes.set(sizeClass, tally);
    }
    return tally;
  }
}

export function extend(span: Span, timeMs: number): void {
  if (timeMs < span.first) span.first = timeMs;
  if (timeMs > span.last) span.last = timeMs;
}

/** The ones with the most stalls first, then those with the most deliveries. */
export function compareTallies(a: PeerTally, b: PeerTally): number {
  return b.stalled - a.stalled || b.sent + b.failed - (a.sent + a.failed);
}

export function peerOfTally(tally: PeerTally): LogPeer {
  const { name, address, port, direction, reach, sent, deferred, bounced, expired, failed, stalled } = tally;
  const received = tally.receivedBytes;
  return {
    name,
    address,
    port,
    direction,
    reach,
    sent,
    failed,
    stalled,
    deferred,
    bounced,
    expired,
    largestSent: orNull(tally.largestSent),
    smallestStalled: Number.isFinite(tally.smallestStalled) ? tally.smallestStalled : null,
    stalls: [...tally.stalls.values()].map((each) => ({ ...each })),
    sizes: [...tally.sizes.values()].map((each) => ({ ...each })).sort((a, b) => a.class - b.class),
    largestSentSince: orNull(tally.largestSentSince),
    largestStalled: orNull(tally.largestStalled),
    firstSent: timeText(tally.sentSpan.first),
    lastSent: timeText(tally.sentSpan.last),
    firstStalled: timeText(tally.stallSpan.first),
    lastStalled: timeText(tally.stallSpan.last),
    stallSeconds: [...tally.stallSeconds].map(([sizeClass, count]) => ({ class: sizeClass, count })).sort((a, b) => a.class - b.class),
    receivedBytes: received.top().map(({ key, count }) => ({ bytes: key, count })),
    receivedBytesOther: received.others,
    pix: tally.pix.top().map(({ key, count }) => ({ words: key, count })),
    examples: {
      stalled: tally.stalledExamples.map(logExample),
      pix: tally.pixExamples.map(logExample),
      largestSent: tally.largestSentExample === null ? null : logExample(tally.largestSentExample),
      smallestStalled: tally.smallestStalledExample === null ? null : logExample(tally.smallestStalledExample),
    },
  };
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
