/** Statistics of made-up logs for tests: an empty log, a peer that did nothing, and what a case changes of them. */
import { type LogPeer, type LogStatistics, type SizeTally, type StageStalls, sizeClassOf } from "@mxray/contracts";

export const NOON = "2026-03-01T12:00:00.000Z";

export function logOf(parts: Partial<LogStatistics> = {}): LogStatistics {
  return {
    from: "2026-03-01T00:00:00.000Z",
    to: NOON,
    peers: [],
    peersLeftOut: 0,
    retries: [],
    backlog: { waiting: 0, oldest: null, destinations: [], others: 0 },
    troubles: [],
    writers: [],
    ...parts,
  };
}

export function peerOf(parts: Partial<LogPeer> = {}): LogPeer {
  return {
    name: "mx1.example.test",
    address: "192.0.2.1",
    port: 25,
    direction: "outbound",
    reach: "network",
    sent: 0,
    failed: 0,
    deferred: 0,
    bounced: 0,
    expired: 0,
    stalled: 0,
    largestSent: null,
    smallestStalled: null,
    stalls: [],
    sizes: [],
    largestSentSince: null,
    largestStalled: null,
    firstSent: null,
    lastSent: null,
    firstStalled: null,
    lastStalled: null,
    firstStall: null,
    lastStall: null,
    firstPix: null,
    lastPix: null,
    stallSeconds: [],
    receivedBytes: [],
    receivedBytesOther: 0,
    pix: [],
    signs: [],
    recipientsStalled: null,
    writers: [],
    examples: { stalled: [], early: [], signs: [], pix: [], largestSent: null, smallestStalled: null },
    ...parts,
  };
}

export function stallTally(stage: StageStalls["stage"], timeouts: number, losses = 0, episodes = timeouts + losses): StageStalls {
  return { stage, timeouts, losses, episodes, first: null, last: null };
}

export interface Message {
  readonly size: number;
  readonly stalled: boolean;
}

/** The peer that took and stalled these messages, one after another, each tried once and each an observation of its own. */
export function peerOfMessages(messages: readonly Message[], parts: Partial<LogPeer> = {}): LogPeer {
  const tallies = new Map<number, { -readonly [K in keyof SizeTally]: number }>();
  const firstStall = messages.findIndex(({ stalled }) => stalled);
  const sent: number[] = [];
  const since: number[] = [];
  const stalled: number[] = [];
  for (const [index, message] of messages.entries()) {
    const sizeClass = sizeClassOf(message.size);
    const tally = tallies.get(sizeClass) ?? { class: sizeClass, sent: 0, sentSince: 0, stalled: 0, attempts: 0, recovered: 0, episodes: 0 };
    tallies.set(sizeClass, tally);
    if (message.stalled) {
      tally.stalled += 1;
      tally.attempts += 1;
      tally.episodes += 1;
      stalled.push(message.size);
      continue;
    }
    tally.sent += 1;
    sent.push(message.size);
    if (firstStall >= 0 && index > firstStall) {
      tally.sentSince += 1;
      since.push(message.size);
    }
  }
  return peerOf({
    sent: sent.length,
    failed: stalled.length,
    deferred: stalled.length,
    stalled: stalled.length,
    stalls: stalled.length === 0 ? [] : [stallTally("end-of-data", stalled.length)],
    sizes: [...tallies.values()].sort((a, b) => a.class - b.class),
    largestSent: largest(sent),
    largestSentSince: largest(since),
    smallestStalled: stalled.length === 0 ? null : stalled.reduce((least, size) => Math.min(least, size)),
    largestStalled: largest(stalled),
    ...parts,
  });
}

function largest(sizes: readonly number[]): number | null {
  return sizes.length === 0 ? null : sizes.reduce((most, size) => Math.max(most, size));
}

export const sentOf = (...sizes: number[]): Message[] => sizes.map((size) => ({ size, stalled: false }));
export const stalledOf = (...sizes: number[]): Message[] => sizes.map((size) => ({ size, stalled: true }));

/** Mulberry32: the same numbers on every machine, 0 to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A size as mail has it: log-normal, half of them below 8 kB, at least a header's 500 bytes. */
export function randomSize(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(500, Math.round(8000 * Math.exp(1.6 * normal)));
}
