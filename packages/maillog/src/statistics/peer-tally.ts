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
import { type EntryExample, logExample, timeText } from "./entry-example.ts";
import { FrequentCounts } from "./frequent-counts.ts";
import { NO_ARRIVAL } from "./recent-arrivals.ts";
import { emptySpan, extendSpan, joinedSpan, type SecondSpan, spanText } from "./second-span.ts";
import type { StallRow, StallTable, StallTally } from "./stall-table.ts";
import { WriterCounts } from "./writer-counts.ts";

const MINUTE_MS = 60_000;
/** Later than any second of a log, and small enough to need no box. */
const NEVER = 2 ** 31 - 1;

interface SignTally extends SecondSpan {
  readonly sign: PeerSign;
  lines: number;
  records: number;
}

interface PixTally extends SecondSpan {
  readonly words: FrequentCounts<string>;
}

const NONE: readonly never[] = [];

/** What only peers with trouble have. Most have one kind of it: what counts the others is made when it is needed. */
class PeerTrouble {
  stalls: StallRow | null = null;
  signs: readonly SignTally[] = NONE;
  readonly writers = new WriterCounts();
  recipients: { lines: number; least: number; most: number } | null = null;
  stallSeconds: Map<number, number> | null = null;
  receivedBytes: FrequentCounts<number> | null = null;
  pix: PixTally | null = null;
  stalledExamples: readonly EntryExample[] = NONE;
  earlyExamples: readonly EntryExample[] = NONE;
  signExamples: readonly EntryExample[] = NONE;
  pixExamples: readonly EntryExample[] = NONE;
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
  drop(table: StallTable): void {
    this.owner = null;
    const row = this.#trouble?.stalls ?? null;
    if (row !== null) table.release(row);
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

  /** @param table in which its row is */
  addStall(table: StallTable, stage: MailStage, timedOut: boolean, timeMs: number, times: number): void {
    this.stallRow(table).add(stage, timedOut, timeMs, times);
    this.stalled += times;
    if (!isContentStage(stage)) return;
    this.stalledSince = Math.min(this.stalledSince, timeMs > 0 ? Math.floor(timeMs / MINUTE_MS) * 60 : 0);
  }

  stallRow(table: StallTable): StallRow {
    this.trouble.stalls ??= table.row();
    return this.trouble.stalls;
  }

  addSign(sign: PeerSign, inRecord: boolean, timeMs: number, times: number): void {
    const tally = this.#signsOf(sign);
    if (inRecord) tally.records += times;
    else tally.lines += times;
    extendSpan(tally, timeMs);
  }

  #signsOf(sign: PeerSign): SignTally {
    const { trouble } = this;
    for (const tally of trouble.signs) if (tally.sign === sign) return tally;
    const fresh = { sign, lines: 0, records: 0, ...emptySpan() };
    trouble.signs = [...trouble.signs, fresh];
    return fresh;
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
    trouble.pix ??= { words: new FrequentCounts(LOG_CAPS.pixWords), ...emptySpan() };
    trouble.pix.words.add(words, times);
    extendSpan(trouble.pix, timeMs);
  }

  get isBot(): boolean {
    if (this.peer.direction !== "inbound" || this.sent > 0) return false;
    const { stalls, signs } = this.troubleSoFar;
    return isBot({
      direction: "inbound",
      sent: 0,
      stalls: stalls?.tallies() ?? [],
      signs: signs.map((tally) => ({ sign: tally.sign, count: countOf(tally) })),
    });
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
  const { stallSeconds, receivedBytes, pix, smallestStalledExample, ...trouble } = tally.troubleSoFar;
  const stalls = trouble.stalls?.tallies() ?? [];
  const content = spanText(joinedSpan(stalls.filter(({ stage }) => isContentStage(stage))));
  const all = spanText(joinedSpan(stalls));
  const pixSpan = spanText(pix ?? emptySpan());
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
    stalls: stallsOf(stalls),
    sizes,
    largestSentSince: orNull(tally.largestSentSince),
    largestStalled: orNull(tally.largestStalled),
    firstSent: minuteText(tally.firstSentSecond),
    lastSent: minuteText(tally.lastSentSecond),
    firstStalled: content.first,
    lastStalled: content.last,
    firstStall: all.first,
    lastStall: all.last,
    firstPix: pixSpan.first,
    lastPix: pixSpan.last,
    stallSeconds: [...(stallSeconds ?? [])].map(([sizeClass, count]) => ({ class: sizeClass, count })).sort((a, b) => a.class - b.class),
    receivedBytes: (receivedBytes?.top() ?? []).map(({ key, count }) => ({ bytes: key, count })),
    receivedBytesOther: receivedBytes?.others ?? 0,
    pix: (pix?.words.top() ?? []).map(({ key, count }) => ({ words: key, count })),
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
    .map(({ stage, timeouts, losses, episodes, ...span }) => ({ stage, timeouts, losses, episodes, ...spanText(span) }))
    .sort((a, b) => (a.stage < b.stage ? -1 : 1));
}

function signsOf(signs: readonly SignTally[]): LogPeer["signs"] {
  return PEER_SIGNS.flatMap((wanted) =>
    signs
      .filter(({ sign }) => sign === wanted)
      .map(({ sign, lines, records, ...span }) => ({ sign, count: countOf({ lines, records }), ...spanText(span) })),
  );
}

/** A record repeats what a line says. */
function countOf({ lines, records }: Pick<SignTally, "lines" | "records">): number {
  return Math.max(lines, records);
}

function minuteText(second: number): string | null {
  return second === 0 ? null : timeText(Math.floor(second / 60) * MINUTE_MS);
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
