/** The tallies of all peers. Bounded: where there are too many, those with the fewest stalls and deliveries are dropped. */
import { type Direction, LOG_CAPS, type LogPeer, sizeClassOf } from "@mxray/contracts";
import type { NamedPeer } from "../log-peer-name.ts";
import { compareTallies, PeerTally, peerOfTally } from "./peer-tally.ts";
import { SizeTallies } from "./size-tallies.ts";

/** Kept while reading, so that one that stalls late is still there. */
const MOST = LOG_CAPS.peers * 8;

export class PeerTallies {
  /** By name, address and direction; several where a host is reached at several ports. */
  readonly #tallies = new Map<string, PeerTally[]>();
  readonly #sizes = new SizeTallies();
  #count = 0;
  /** Numbers of dropped peers, to be given again. */
  readonly #free: number[] = [];
  #dropped = 0;

  /** Null for `unknown[unknown]`, which is nobody in particular: a client that was gone before it was looked at. */
  of(named: NamedPeer | null, direction: Direction): PeerTally | null {
    if (named === null || (named.peer.name === null && named.peer.address === null)) return null;
    const known = named[direction];
    if (known instanceof PeerTally && known.owner === this) return known;
    const tally = this.#find(named, direction);
    named[direction] = tally;
    return tally;
  }

  /** A message that arrived, once. @param size bytes, -1 where unknown @returns whether it is the peer's largest so far */
  addSize(tally: PeerTally, size: number, timeMs: number, recovered: boolean): boolean {
    if (size < 0) return false;
    const row = this.#sizes.row(tally.number, sizeClassOf(size));
    this.#sizes.add(row, "sent");
    if (recovered) this.#sizes.add(row, "recovered");
    if (recovered || timeMs >= tally.stalledSinceMs) {
      this.#sizes.add(row, "sentSince");
      if (size > tally.largestSentSince) tally.largestSentSince = size;
    }
    if (size <= tally.largestSent) return false;
    tally.largestSent = size;
    return true;
  }

  /** A message that stalled at a content stage. @param again it did so before @returns whether it is the smallest so far */
  addStalledSize(tally: PeerTally, size: number, again: boolean): boolean {
    if (size < 0) return false;
    const row = this.#sizes.row(tally.number, sizeClassOf(size));
    this.#sizes.add(row, "attempts");
    if (again) return false;
    this.#sizes.add(row, "stalled");
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

  #find(named: NamedPeer, direction: Direction): PeerTally {
    const { name, address, port } = named.peer;
    const key = `${direction} ${address ?? ""} ${name ?? ""}`;
    const same = this.#tallies.get(key);
    // Some lines name the port and some do not; an unknown one is the one that is known.
    const tally = same?.find((each) => direction === "inbound" || port === null || each.port === null || each.port === port);
    if (tally !== undefined) {
      if (direction === "outbound") tally.port ??= port;
      return tally;
    }
    if (this.#count >= MOST) this.#prune();
    const fresh = new PeerTally(this, this.#free.pop() ?? this.#count, named, direction);
    const others = this.#tallies.get(key);
    if (others === undefined) this.#tallies.set(key, [fresh]);
    else others.push(fresh);
    this.#count += 1;
    return fresh;
  }

  #prune(): void {
    const keep = new Set(this.#sorted().slice(0, MOST / 2));
    for (const [key, tallies] of this.#tallies) {
      const kept = tallies.filter((tally) => keep.has(tally));
      for (const tally of tallies) if (!keep.has(tally)) this.#drop(tally);
      if (kept.length === 0) this.#tallies.delete(key);
      else this.#tallies.set(key, kept);
    }
    this.#dropped += this.#count - keep.size;
    this.#count = keep.size;
    const numbers = new Set([...keep].map(({ number }) => number));
    this.#sizes.keep(numbers);
  }

  #drop(tally: PeerTally): void {
    tally.drop();
    this.#free.push(tally.number);
  }

  #sorted(): PeerTally[] {
    return [...this.#tallies.values()].flat().sort(compareTallies);
  }
}
