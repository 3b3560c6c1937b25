/** The tallies of all peers. Bounded: where there are too many, those with the fewest stalls and deliveries are dropped. */
import {
  type CountedPeer,
  countedPeer,
  type Direction,
  isContentStage,
  isNamelessClient,
  LOG_CAPS,
  type LogPeer,
  type MailStage,
  peerIdentity,
  sizeClassOf,
} from "@mxray/contracts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import { PeerTally, peerOfTally, sortedTallies } from "./peer-tally.ts";
import { RecentArrivals } from "./recent-arrivals.ts";
import { COUNTS, SizeTallies } from "./size-tallies.ts";
import { StallTable } from "./stall-table.ts";

/** Kept while reading, so that one that stalls late is still there. */
const MOST = LOG_CAPS.peers * 8;

export class PeerTallies {
  /** By identity. */
  readonly #tallies = new Map<string, PeerTally>();
  /** Of each client's address the first: the look-up of a client's name fails now and then, and it is the same client. */
  readonly #clients = new Map<string, PeerTally>();
  readonly #sizes = new SizeTallies();
  readonly #stalls = new StallTable();
  readonly #recent = new RecentArrivals();
  #count = 0;
  /** Numbers of dropped peers, to be given again. */
  readonly #free: number[] = [];
  #dropped = 0;

  /** Null for `unknown[unknown]`, which is nobody in particular: a client that was gone before it was looked at. */
  of(named: NamedPeer | null, direction: Direction): PeerTally | null {
    if (named === null) return null;
    const known = direction === "inbound" ? named.inbound : named.outbound;
    // Only a collection of tallies owns tallies.
    if (known !== null && known.owner === this) return known as PeerTally;
    const peer = countedPeer(named, direction);
    if (peer === null) return null;
    const tally = this.#find(peer);
    if (direction === "inbound") named.inbound = tally;
    else named.outbound = tally;
    return tally;
  }

  /** A message that arrived, once. @param size bytes, -1 where unknown @returns whether it is the peer's largest so far */
  addSize(tally: PeerTally, size: number, timeMs: number, recovered: boolean): boolean {
    if (size < 0) return false;
    const sizeClass = sizeClassOf(size);
    this.#sizes.add(tally.number, sizeClass, COUNTS.sent);
    if (recovered) this.#sizes.add(tally.number, sizeClass, COUNTS.recovered);
    const second = timeMs > 0 ? Math.floor(timeMs / 1000) : 0;
    if (recovered || second >= tally.stalledSince) this.#addSince(tally, size);
    else this.#recent.note(tally, second, size);
    if (size <= tally.largestSent) return false;
    tally.largestSent = size;
    return true;
  }

  /** A stall, at any stage. */
  addStall(tally: PeerTally, stage: MailStage, timedOut: boolean, timeMs: number, times: number): void {
    const before = tally.stalledSince;
    tally.addStall(this.#stalls, stage, timedOut, timeMs, times);
    if (tally.stalledSince === before) return;
    for (const size of this.#recent.takeSince(tally, tally.stalledSince)) this.#addSince(tally, size);
  }

  /** @param size bytes, -1 where unknown */
  addEpisode(tally: PeerTally, stage: MailStage, size: number): void {
    tally.stallRow(this.#stalls).addEpisode(stage);
    if (isContentStage(stage) && size >= 0) this.#sizes.add(tally.number, sizeClassOf(size), COUNTS.episodes);
  }

  /** A message that stalled at a content stage. @param again it did so before @returns whether it is the smallest so far */
  addStalledSize(tally: PeerTally, size: number, again: boolean): boolean {
    if (size < 0) return false;
    const sizeClass = sizeClassOf(size);
    this.#sizes.add(tally.number, sizeClass, COUNTS.attempts);
    if (again) return false;
    this.#sizes.add(tally.number, sizeClass, COUNTS.stalled);
    if (size > tally.largestStalled) tally.largestStalled = size;
    if (size >= tally.smallestStalled) return false;
    tally.smallestStalled = size;
    return true;
  }

  /** The worst first, at most `LOG_CAPS.peers` of them. */
  kept(): LogPeer[] {
    const kept = this.#sorted().slice(0, LOG_CAPS.peers);
    const numbers = new Set(kept.map(({ number }) => number));
    const sizes = this.#sizes.of(numbers);
    return kept.map((tally) => peerOfTally(tally, sizes.get(tally.number) ?? []));
  }

  get leftOut(): number {
    return this.#dropped + Math.max(0, this.#count - LOG_CAPS.peers);
  }

  #addSince(tally: PeerTally, size: number): void {
    this.#sizes.add(tally.number, sizeClassOf(size), COUNTS.sentSince);
    if (size > tally.largestSentSince) tally.largestSentSince = size;
  }

  #find(peer: CountedPeer): PeerTally {
    const identity = peerIdentity(peer);
    const known = this.#tallies.get(identity) ?? (peer.direction === "inbound" ? this.#sameClient(peer, identity) : undefined);
    if (known !== undefined) return known;
    if (this.#count >= MOST) this.#prune();
    const fresh = new PeerTally(this, this.#free.pop() ?? this.#count, peer, identity);
    this.#tallies.set(identity, fresh);
    this.#count += 1;
    const { address } = peer;
    if (peer.direction === "inbound" && address !== null && !this.#clients.has(address)) this.#clients.set(address, fresh);
    return fresh;
  }

  /** The client of this address where one of the two has no name; it takes the other's. */
  #sameClient(peer: CountedPeer, identity: string): PeerTally | undefined {
    const first = peer.address === null ? undefined : this.#clients.get(peer.address);
    if (first === undefined || isNamelessClient(peer)) return first;
    if (first.peer.name !== null) return undefined;
    this.#tallies.delete(first.identity);
    first.peer = peer;
    first.identity = identity;
    this.#tallies.set(identity, first);
    return first;
  }

  #prune(): void {
    const keep = new Set(this.#sorted().slice(0, MOST / 2));
    for (const [identity, tally] of this.#tallies) {
      if (keep.has(tally)) continue;
      this.#drop(tally);
      this.#tallies.delete(identity);
    }
    for (const [address, tally] of this.#clients) if (!keep.has(tally)) this.#clients.delete(address);
    this.#dropped += this.#count - keep.size;
    this.#count = keep.size;
    const numbers = new Set([...keep].map(({ number }) => number));
    this.#sizes.keep(numbers);
  }

  #drop(tally: PeerTally): void {
    tally.drop(this.#stalls);
    this.#free.push(tally.number);
  }

  #sorted(): PeerTally[] {
    return sortedTallies(this.#tallies.values());
  }
}
