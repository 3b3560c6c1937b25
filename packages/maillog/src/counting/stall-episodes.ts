/**
 * Which stalls are observations of their own. A host that is down for an hour stalls everything it is sent in that hour: that is
 * one observation, however many messages it hit. So stalls of one peer that nothing delivered separates are one episode. An outage
 * rarely lasts for hours, so after three of them the next stall begins another episode.
 *
 * Which message a client sends is not known when its content stalls, and one that stalls each time is tried again for days. So an
 * episode of a client's content counts once two of its stalls begin within five minutes: no client tries a message again so soon.
 *
 * Stalls are placed where their attempt began, since a time-out is logged minutes later, when others have arrived. Peers are known
 * by address here: neither a name nor a port changes whether the host is up.
 */
import { type Direction, isContentStage, type MailStage, type Peer } from "@mxray/contracts";
import type { NamedPeer } from "../entries/log-peer-name.ts";

const LONGEST_MS = 3 * 3_600_000;
/** Least time between two attempts of one message: Postfix's minimal_backoff_time, the shortest of the defaults. */
const LEAST_RETRY_MS = 300_000;
/** Deliveries remembered since a stall: the first. */
const MOST_ARRIVALS = 16;
/** Hosts that stall at one time. */
const MOST_HOSTS = 20_000;

/** The present episode of one host, in one direction, at one stage. Plain data: it goes to a store and comes back. */
export interface StallEpisode {
  /** Where its first stall began, ms UTC. */
  beganMs: number;
  /** Where its latest stall began. */
  lastMs: number;
  /** Deliveries since, ms UTC. */
  arrivals: number[];
  /** Its stalls, and what was delivered between them. */
  stalled: number;
  delivered: number;
  /** It was counted. */
  counted: boolean;
}

/** Content is one stage here: whether the body or its end is lost depends on the size of a buffer. */
export type EpisodeStage = MailStage | "content";

interface HostEpisodes {
  /** Null once it is forgotten: names of the host may still lead here. */
  owner: StallEpisodes | null;
  readonly direction: Direction;
  readonly name: string;
  /** Few. */
  stages: readonly EpisodeStage[];
  /** The present one of each stage. */
  episodes: readonly StallEpisode[];
  /** It is among the changed. */
  changed: boolean;
  /** Each of its episodes remembers all the deliveries that it may. */
  full: boolean;
}

export class StallEpisodes {
  readonly #hosts: Record<Direction, Map<string, HostEpisodes>> = { inbound: new Map(), outbound: new Map() };
  /** In place of a host that has not stalled: names lead here until another host stalls for the first time. */
  readonly #others: Record<Direction, HostEpisodes> = { inbound: this.#made("inbound", ""), outbound: this.#made("outbound", "") };
  readonly #changed = new Set<HostEpisodes>();

  arrived(direction: Direction, named: NamedPeer, timeMs: number): void {
    const host = this.#hostOf(direction, named);
    // Each message of the host comes here, and the first deliveries are enough to end an episode.
    if (host.full) return;
    host.full = true;
    const { episodes } = host;
    for (let index = 0; index < episodes.length; index += 1) {
      const { arrivals } = episodes[index] as StallEpisode;
      if (arrivals.length < MOST_ARRIVALS) arrivals.push(known(timeMs));
      if (arrivals.length < MOST_ARRIVALS) host.full = false;
    }
    if (!host.changed) this.#change(host);
  }

  /** @param beganMs when the attempt began @returns whether an episode counts from this stall on */
  counts(direction: Direction, named: NamedPeer, stage: MailStage, beganMs: number): boolean {
    const at = known(beganMs);
    const before = this.#hostOf(direction, named);
    const host = before === this.#others[direction] ? this.#firstStalled(direction, hostName(named.peer)) : before;
    if (!host.changed) this.#change(host);
    host.full = false;
    const key = isContentStage(stage) ? "content" : stage;
    const place = placeOf(host.stages, key);
    const last = host.episodes[place];
    const another = direction === "outbound" || key !== "content";
    const arrived = last === undefined ? 0 : arrivedUntil(last, at);
    if (last === undefined || !goesOn(last, at, arrived, direction)) {
      if (last === undefined) {
        host.stages = [...host.stages, key];
        host.episodes = [...host.episodes, { beganMs: at, lastMs: at, arrivals: [], stalled: 1, delivered: 0, counted: another }];
      } else {
        beginAgain(last, at, another);
      }
      return another;
    }
    const counts = !last.counted && (another || Math.abs(at - last.lastMs) < LEAST_RETRY_MS);
    last.counted ||= counts;
    last.stalled += 1;
    last.delivered += arrived;
    last.lastMs = Math.max(last.lastMs, at);
    forgetUntil(last.arrivals, last.lastMs);
    return counts;
  }

  /** What changed since the last call, by direction and host; null for a host that is forgotten. */
  takeChanged(): Map<string, [EpisodeStage, StallEpisode][] | null> {
    const taken = new Map<string, [EpisodeStage, StallEpisode][] | null>();
    // A host that was forgotten may be known again: then it comes twice, and the later one counts.
    for (const host of this.#changed) {
      host.changed = false;
      taken.set(
        `${host.direction} ${host.name}`,
        host.owner === null ? null : host.stages.map((stage, index) => [stage, host.episodes[index] as StallEpisode]),
      );
    }
    this.#changed.clear();
    return taken;
  }

  get changes(): number {
    return this.#changed.size;
  }

  /** @param key as `takeChanged` gave it */
  restore(key: string, episodes: Iterable<readonly [EpisodeStage, StallEpisode]>): void {
    const { direction, name } = hostOfKey(key);
    const host = this.#made(direction, name);
    host.full = false;
    const known = [...episodes];
    host.stages = known.map(([stage]) => stage);
    host.episodes = known.map(([, episode]) => episode);
    this.#add(host);
  }

  /** Each message asks: the name remembers the answer. */
  #hostOf(direction: Direction, named: NamedPeer): HostEpisodes {
    const known = direction === "inbound" ? named.inboundStalls : named.outboundStalls;
    // Only this class makes episodes.
    if (known !== null && known.owner === this) return known as HostEpisodes;
    const host = this.#hosts[direction].get(hostName(named.peer)) ?? this.#others[direction];
    if (direction === "inbound") named.inboundStalls = host;
    else named.outboundStalls = host;
    return host;
  }

  #change(host: HostEpisodes): void {
    host.changed = true;
    this.#changed.add(host);
  }

  #firstStalled(direction: Direction, name: string): HostEpisodes {
    const hosts = this.#hosts[direction];
    if (hosts.size >= MOST_HOSTS) this.#forget(direction);
    const fresh = this.#made(direction, name);
    fresh.full = false;
    this.#add(fresh);
    return fresh;
  }

  #made(direction: Direction, name: string): HostEpisodes {
    return { owner: this, direction, name, stages: [], episodes: [], changed: false, full: true };
  }

  #add(host: HostEpisodes): void {
    const { direction, name } = host;
    this.#hosts[direction].set(name, host);
    this.#others[direction].owner = null;
    this.#others[direction] = this.#made(direction, "");
  }

  /** The first ones, many at once: a map that loses its first key again and again looks for the next one ever longer. */
  #forget(direction: Direction): void {
    let left = MOST_HOSTS / 10;
    for (const [name, host] of this.#hosts[direction]) {
      if (left === 0) return;
      host.owner = null;
      this.#hosts[direction].delete(name);
      this.#changed.add(host);
      left -= 1;
    }
  }
}

/** Outbound each message stalls once at the most here; a client's are tried again, so its stalls outnumber them. */
function goesOn(episode: StallEpisode, at: number, arrived: number, direction: Direction): boolean {
  const lastedMs = at - episode.beganMs;
  if (lastedMs >= LONGEST_MS) return false;
  return direction === "outbound" ? episode.delivered + arrived < episode.stalled : arrived === 0 || lastedMs < LEAST_RETRY_MS;
}

function arrivedUntil({ lastMs, arrivals }: StallEpisode, at: number): number {
  let count = 0;
  for (let index = 0; index < arrivals.length; index += 1) {
    const arrival = arrivals[index] as number;
    if (arrival >= lastMs && arrival <= at) count += 1;
  }
  return count;
}

/** In the record of the episode before: each stall comes here. */
function beginAgain(episode: StallEpisode, at: number, counted: boolean): void {
  episode.beganMs = at;
  episode.lastMs = at;
  episode.stalled = 1;
  episode.delivered = 0;
  episode.counted = counted;
  forgetUntil(episode.arrivals, at);
}

/** In place. */
function forgetUntil(arrivals: number[], at: number): void {
  let kept = 0;
  for (let index = 0; index < arrivals.length; index += 1) {
    const arrival = arrivals[index] as number;
    if (arrival <= at) continue;
    arrivals[kept] = arrival;
    kept += 1;
  }
  if (kept < arrivals.length) arrivals.length = kept;
}

function placeOf(stages: readonly EpisodeStage[], stage: EpisodeStage): number {
  for (let place = 0; place < stages.length; place += 1) if (stages[place] === stage) return place;
  return -1;
}

function hostName({ name, address }: Peer): string {
  return address ?? name ?? "";
}

function hostOfKey(key: string): { readonly direction: Direction; readonly name: string } {
  const [direction = "", name = ""] = key.split(" ");
  return { direction: direction === "inbound" ? "inbound" : "outbound", name };
}

/** Lines without a time are at one time. */
function known(timeMs: number): number {
  return Number.isNaN(timeMs) ? 0 : timeMs;
}
