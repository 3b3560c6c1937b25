/** The tallies of all peers. Bounded: where there are too many, those with the fewest stalls and deliveries are dropped. */
import { type Direction, LOG_CAPS, type LogPeer, type Peer, sizeClassOf } from "@mxray/contracts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import { compareTallies, PeerTally, peerOfTally } from "./peer-tally.ts";
import { COUNTS, SizeTallies } from "./size-tallies.ts";

/** Kept while reading, so that one that stalls late is still there. */
const MOST = LOG_CAPS.peers * 8;

export class PeerTallies {
  /** By name, address and direction; several where a host is reached at several ports. */
  readonly #tallies = new Map<string, PeerTally[]>();
  /** Of each client's address the first: the look-up of a client's name fails now and then, and it is the same client. */
  readonly #clients = new Map<string, PeerTally>();
  readonly #sizes = new SizeTallies();
  #count = 0;
  /** Numbers of dropped peers, to be given again. */
  readonly #free: number[] = [];
  #dropped = 0;

  /** Null for `unknown[unknown]`, which is nobody in particular: a client that was gone before it was looked at. */
  of(named: NamedPeer | null, direction: Direction): PeerTally | null {
    if (named === null) return null;
    const known = direction === "inbound" ? named.inbound : named.outbound;
    if (known instanceof PeerTally && known.owner === this) return known;
    if (named.peer.name === null && named.peer.address === null) return null;
    const tally = this.#find(named, direction);
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
    if (recovered || (tally.stalled > 0 && timeMs >= tally.stalledSinceMs)) {
      this.#sizes.add(tally.number, sizeClass, COUNTS.sentSince);
      if (size > tally.largestSentSince) tally.largestSentSince = size;
    }
    if (size <= tally.largestSent) return false;
    tally.largestSent = size;
    return true;
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

  #find(named: NamedPeer, direction: Direction): PeerTally {
    const { port } = named.peer;
    const key = keyOf(named.peer, direction);
    const same = this.#tallies.get(key);
    // Some lines name the port and some do not; an unknown one is the one that is known.
    const tally =
      same?.find((each) => direction === "inbound" || port === null || each.port === null || each.port === port) ??
      (direction === "inbound" ? this.#sameClient(named, key) : undefined);
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
    if (direction === "inbound" && fresh.address !== null && !this.#clients.has(fresh.address)) this.#clients.set(fresh.address, fresh);
    return fresh;
  }

  /** The client of this address where one of the two has no name; it takes the other's. */
  #sameClient({ peer }: NamedPeer, key: string): PeerTally | undefined {
    const first = peer.address === null ? undefined : this.#clients.get(peer.address);
    if (first === undefined || peer.name === null) return first;
    if (first.name !== null) return undefined;
    this.#tallies.delete(keyOf(first, "inbound"));
    first.name = peer.name;
    this.#tallies.set(key, [first]);
    return first;
  }

  #prune(): void {
    const keep = new Set(this.#sorted().slice(0, MOST / 2));
    for (const [key, tallies] of this.#tallies) {
      const kept = tallies.filter((tally) => keep.has(tally));
      for (const tally of tallies) if (!keep.has(tally)) this.#drop(tally);
      if (kept.length === 0) this.#tallies.delete(key);
      else this.#tallies.set(key, kept);
    }
    for (const [address, tally] of this.#clients) if (!keep.has(tally)) this.#clients.delete(address);
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

function keyOf({ name, address }: Pick<Peer, "name" | "address">, direction: Direction): string {
  return `${direction} ${address ?? ""} ${name ?? ""}`;
}
