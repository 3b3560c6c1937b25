/** The tallies of all peers. Bounded: where there are too many, those with the fewest stalls and deliveries are dropped. */
import { type Direction, LOG_CAPS } from "@mxray/contracts";
import type { NamedPeer } from "../log-peer-name.ts";
import { compareTallies, PeerTally } from "./peer-tally.ts";

/** Kept while reading, so that one that stalls late is still there. */
const MOST = LOG_CAPS.peers * 8;
const REMEMBERED = 50_000;

export class PeerTallies {
  /** By name, address and direction; several where a host is reached at several ports. */
  readonly #tallies = new Map<string, PeerTally[]>();
  /** The way there that needs no text. */
  readonly #inbound = new Map<NamedPeer, PeerTally>();
  readonly #outbound = new Map<NamedPeer, PeerTally>();
  #count = 0;
  #dropped = 0;

  of(named: NamedPeer, direction: Direction): PeerTally {
    const known = direction === "inbound" ? this.#inbound : this.#outbound;
    const found = known.get(named);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const tally = this.#find(named, direction);
    known.set(named, tally);
    return tally;
  }

  /** The worst first, at most `LOG_CAPS.peers` of them. */
  kept(): PeerTally[] {
    return this.#sorted().slice(0, LOG_CAPS.peers);
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
    const fresh = new PeerTally(named, direction);
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
      if (kept.length === 0) this.#tallies.delete(key);
      else this.#tallies.set(key, kept);
    }
    this.#dropped += this.#count - keep.size;
    this.#count = keep.size;
    this.#inbound.clear();
    this.#outbound.clear();
  }

  #sorted(): PeerTally[] {
    return [...this.#tallies.values()].flat().sort(compareTallies);
  }
}
