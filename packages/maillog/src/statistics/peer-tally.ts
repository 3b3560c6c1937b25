/** What is counted of one peer in one direction, as it goes; `peerOfTally` makes the contract's form of it. */
import {
  type CountedPeer,
  type DeliveryStatus,
  type Direction,
  isBot,
  isContentStage,
  LOG_CAPS,
  type LogPeer,
  type MailStage,
  PEER_SIGNS,
  type PeerSign,
  type SizeTally,
  sizeClassOf,
} from "@mxray/contracts";
import { type EntryExample, logExample, secondText, timeText } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { NO_ARRIVAL } from "./recent-arrivals.ts";
import { WriterCounts } from "./writer-counts.ts";

const MINUTE_MS = 60_000;
/** Later than any second of a log, and small enough to need no box. */
const NEVER = 2 ** 31 - 1;

/** Least and greatest time, ms UTC; infinite while there is none. */
export interface TimeSpan {
  first: number;
  last: number;
}

export function emptySpan(): TimeSpan {
  return { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
}

interface StallTally {
  readonly stage: MailStage;
  timeouts: number;
  losses: number;
  episodes: number;
  readonly span: TimeSpan;
}

interface SignCounts {
  lines: number;
  records: number;
  readonly span: TimeSpan;
}

const NO_EXAMPLES: readonly EntryExample[] = [];

/** What only peers with trouble have. Most have one kind of it: what counts the others is made when it is needed. */
class PeerTrouble {
  /** Of stalls at a content stage. */
  readonly span = emptySpan();
  /** Of all stalls. */
  readonly stallSpan = emptySpan();
  readonly stalls: StallTally[] = [];
  signs: Map<PeerSign, SignCounts> | null = null;
  readonly writers = new WriterCounts();
  recipients: { lines: number; least: number; most: number } | null = null;
  stallSeconds: Map<number, number> | null = null;
  receivedBytes: FrequentCounts<number> | null = null;
  pix: FrequentCounts<string> | null = null;
  readonly pixSpan = emptySpan();
  stalledExamples: readonly EntryExample[] = NO_EXAMPLES;
  earlyExamples: readonly EntryExample[] = NO_EXAMPLES;
  signExamples: readonly EntryExample[] = NO_EXAMPLES;
  pixExamples: readonly EntryExample[] = NO_EXAMPLES;
  smallestStalledExample: EntryExample | null = null;
}

export type ExampleKind = "stalledExamples" | "earlyExamples" | "signExamples" | "pixExamples";

const NO_TROUBLE = new PeerTrouble();

export class PeerTally {
  /** The collection that it counts in; null once it was dropped. */
  owner: object | null;
  /** Its number in `SizeTallies`. */
  readonly number: number;
  /** A client's gets its name with the first line that has one. */
  peer: CountedPeer;
  identity: string;
  readonly direction: Direction;
  // What each message touches.
  sent = 0;
  largestSent = -1;
  largestSentSince = -1;
  /** Whole seconds UTC; 0 while there is none. Small numbers need no box. */
  firstSentSecond = 0;
  lastSentSecond = 0;
  /** In `RecentArrivals`. */
  lastArrival = NO_ARRIVAL;
  /** The minute of the first content stall, unix seconds: a store keeps arrivals by the minute. 0 where its line has no time. */
  stalledSince = NEVER;
  largestSentExample: EntryExample | null = null;
  // What fewer do.
  deferred = 0;
  bounced = 0;
  expired = 0;
  failed = 0;
  stalled = 0;
  smallestStalled = Number.POSITIVE_INFINITY;
  largestStalled = -1;
  #trouble: PeerTrouble | null = null;

  constructor(owner: object, number: number, peer: CountedPeer, identity: string) {
    this.owner = owner;
    this.number = number;
    this.peer = peer;
    this.identity = identity;
    this.direction = peer.direction;
  }

  /** It counts no longer; messages may still know it, so what is large goes. */
  drop(): void {
    this.owner = null;
    this.#trouble = null;
    this.largestSentExample = null;
  }

  addSentTime(timeMs: number): void {
    if (!(timeMs > 0)) return;
    const second = Math.floor(timeMs / 1000);
    if (second > this.lastSentSecond) this.lastSentSecond = second;
    if (second < this.firstSentSecond || this.firstSentSecond === 0) this.firstSentSecond = second;
  }

  /** What became of a recipient. */
  addRecord(status: DeliveryStatus, times: number): void {
    switch (status) {
      case "sent":
        this.sent += times;
        return;
      case "deferred":
        this.deferred += times;
        this.failed += times;
        return;
      case "bounced":
        this.bounced += times;
        this.failed += times;
        return;
      case "expired":
        this.expired += times;
        return;
    }
  }

  addStall(stage: MailStage, timedOut: boolean, timeMs: number, times: number): void {
    const { span, stallSpan } = this.trouble;
    extend(stallSpan, timeMs);
    const tally = this.stallsAt(stage);
    extend(tally.span, timeMs);
    if (timedOut) tally.timeouts += times;
    else tally.losses += times;
    this.stalled += times;
    if (!isContentStage(stage)) return;
    extend(span, timeMs);
    this.stalledSince = Math.min(this.stalledSince, timeMs > 0 ? Math.floor(timeMs / MINUTE_MS) * 60 : 0);
  }

  stallsAt(stage: MailStage): StallTally {
    const { stalls } = this.trouble;
    for (const tally of stalls) if (tally.stage === stage) return tally;
    const fresh = { stage, timeouts: 0, losses: 0, episodes: 0, span: emptySpan() };
    stalls.push(fresh);
    return fresh;
  }

  addSign(sign: PeerSign, inRecord: boolean, timeMs: number, times: number): void {
    this.trouble.signs ??= new Map();
    const { signs } = this.trouble;
    const counts = signs.get(sign) ?? { lines: 0, records: 0, span: emptySpan() };
    signs.set(sign, counts);
    if (inRecord) counts.records += times;
    else counts.lines += times;
    extend(counts.span, timeMs);
  }

  addStalledRecipients(recipients: number): void {
    const { lines = 0, least = recipients, most = recipients } = this.trouble.recipients ?? {};
    this.trouble.recipients = { lines: lines + 1, least: Math.min(least, recipients), most: Math.max(most, recipients) };
  }

  addStallSeconds(seconds: number): void {
    this.trouble.stallSeconds ??= new Map();
    const { stallSeconds } = this.trouble;
    const sizeClass = sizeClassOf(seconds);
    stallSeconds.set(sizeClass, (stallSeconds.get(sizeClass) ?? 0) + 1);
  }

  addReceived(received: number, times: number): void {
    this.trouble.receivedBytes ??= new FrequentCounts(LOG_CAPS.receivedBytes);
    this.trouble.receivedBytes.add(received, times);
  }

  addPix(words: string, timeMs: number, times: number): void {
    const { trouble } = this;
    extend(trouble.pixSpan, timeMs);
    trouble.pix ??= new FrequentCounts(LOG_CAPS.pixWords);
    trouble.pix.add(words, times);
  }

  get isBot(): boolean {
    if (this.peer.direction !== "inbound" || this.sent > 0) return false;
    const { stalls, signs } = this.troubleSoFar;
    return isBot({ ...this.peer, sent: 0, stalls: stallsOf(stalls), signs: signsOf(signs) });
  }

  /** Made when it is needed. */
  get trouble(): PeerTrouble {
    this.#trouble ??= new PeerTrouble();
    return this.#trouble;
  }

  get troubleSoFar(): PeerTrouble {
    return this.#trouble ?? NO_TROUBLE;
  }
}

export function extend(span: TimeSpan, timeMs: number): void {
  if (timeMs < span.first) span.first = timeMs;
  if (timeMs > span.last) span.last = timeMs;
}

/** Bots come last. */
export function sortedTallies(tallies: Iterable<PeerTally>): PeerTally[] {
  const { bots = [], peers = [] } = Object.groupBy(tallies, (tally) => (tally.isBot ? "bots" : "peers"));
  return [...peers.sort(compareTallies), ...bots.sort(compareTallies)];
}

/** The ones with the most stalls first, then those with the most deliveries. */
function compareTallies(a: PeerTally, b: PeerTally): number {
  return b.stalled - a.stalled || b.sent + b.failed - (a.sent + a.failed) || (a.identity < b.identity ? -1 : 1);
}

export function peerOfTally(tally: PeerTally, sizes: SizeTally[]): LogPeer {
  const { peer, sent, deferred, bounced, expired, failed, stalled } = tally;
  const { span, stallSpan, stallSeconds, receivedBytes, pix, pixSpan, smallestStalledExample, ...trouble } = tally.troubleSoFar;
  return {
    ...peer,
    sent,
    failed,
    stalled,
    deferred,
    bounced,
    expired,
    largestSent: orNull(tally.largestSent),
    smallestStalled: Number.isFinite(tally.smallestStalled) ? tally.smallestStalled : null,
    stalls: stallsOf(trouble.stalls),
    sizes,
    largestSentSince: orNull(tally.largestSentSince),
    largestStalled: orNull(tally.largestStalled),
    firstSent: minuteText(tally.firstSentSecond),
    lastSent: minuteText(tally.lastSentSecond),
    firstStalled: secondText(span.first),
    lastStalled: secondText(span.last),
    firstStall: secondText(stallSpan.first),
    lastStall: secondText(stallSpan.last),
    firstPix: secondText(pixSpan.first),
    lastPix: secondText(pixSpan.last),
    stallSeconds: [...(stallSeconds ?? [])].map(([sizeClass, count]) => ({ class: sizeClass, count })).sort((a, b) => a.class - b.class),
    receivedBytes: (receivedBytes?.top() ?? []).map(({ key, count }) => ({ bytes: key, count })),
    receivedBytesOther: receivedBytes?.others ?? 0,
    pix: (pix?.top() ?? []).map(({ key, count }) => ({ words: key, count })),
    signs: signsOf(trouble.signs),
    recipientsStalled: trouble.recipients,
    writers: trouble.writers.all(),
    examples: {
      stalled: trouble.stalledExamples.map(logExample),
      early: trouble.earlyExamples.map(logExample),
      signs: trouble.signExamples.map(logExample),
      pix: trouble.pixExamples.map(logExample),
      largestSent: tally.largestSentExample === null ? null : logExample(tally.largestSentExample),
      smallestStalled: smallestStalledExample === null ? null : logExample(smallestStalledExample),
    },
  };
}

function stallsOf(stalls: readonly StallTally[]): LogPeer["stalls"] {
  return stalls
    .map(({ span, ...counts }) => ({ ...counts, first: secondText(span.first), last: secondText(span.last) }))
    .sort((a, b) => (a.stage < b.stage ? -1 : 1));
}

function signsOf(signs: ReadonlyMap<PeerSign, SignCounts> | null): LogPeer["signs"] {
  if (signs === null) return [];
  return PEER_SIGNS.flatMap((sign) => {
    const counts = signs.get(sign);
    if (counts === undefined) return [];
    const { lines, records, span } = counts;
    return [{ sign, count: Math.max(lines, records), first: secondText(span.first), last: secondText(span.last) }];
  });
}

function minuteText(second: number): string | null {
  return second === 0 ? null : timeText(Math.floor(second / 60) * MINUTE_MS);
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
