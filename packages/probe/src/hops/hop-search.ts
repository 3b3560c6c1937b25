/**
 * Between which two hops packets become too big. Pairs of UDP datagrams, small and full-size with DF, with rising TTL: a
 * router that answers the full-size one is still before the small link, the first that answers only the small one is
 * behind it. Where UDP draws nothing, SYNs to the mail port name the routers.
 *
 * Who drops the ICMP is not told by this: that router, anything on its way back, or our own firewall. Always run after the
 * TCP verdict, since a full-size datagram that does draw "fragmentation needed" teaches the kernel the path MTU and hides
 * the fault for ten minutes.
 */
import type { Hop, HopOwner, PathObservation } from "@mxray/contracts";
import type { Clock, HopProber, HopReply } from "../ports.ts";

export interface HopSearchRequest {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** Full-size IP packet, bytes; null to send small ones only. */
  readonly large: number | null;
  readonly prober: HopProber;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface HopSearch {
  readonly hops: readonly Hop[];
  readonly lostBetween: PathObservation["lostBetween"];
  readonly fragNeededFrom: PathObservation["fragNeededFrom"];
  /** The last hop that a SYN to the mail port got to, where UDP gets further. */
  readonly portBlockedAt: HopOwner | null;
}

const MOST_HOPS = 30;
const WAVE = 6;
const SMALL = 64;
/** Routers answer within this time or not at all. */
const TIMEOUT_MS = 600;
/** One ICMP error a second is a usual limit: whoever was asked is asked again only after that, and one question at a time. */
const RATE_LIMIT_MS = 1100;
/** So many TTLs in a row without any answer: nothing more will come. */
const SILENCE = 6;

interface Seen {
  readonly ttl: number;
  readonly small: HopReply[];
  readonly large: HopReply[];
  readonly syn: HopReply[];
}

export async function searchHops(request: HopSearchRequest): Promise<HopSearch> {
  const seen: Seen[] = [];
  let askedAt = request.clock.now();
  for (let from = 1; from <= MOST_HOPS && !request.signal.aborted; from += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, MOST_HOPS - from + 1) }, (_, index) => from + index);
    askedAt = request.clock.now();
    seen.push(...(await Promise.all(wave.map((ttl) => probeTtl(request, ttl)))));
    if (seen.some(reachedEnd) || silentFor(seen) >= SILENCE) break;
  }
  const end = seen.find(reachedEnd);
  let path = end === undefined ? seen : seen.filter(({ ttl }) => ttl <= end.ttl);
  // The mail host and everything behind its firewall may keep silent to UDP; its mail port does not.
  if (end === undefined) path = await traceWithSyns(request, path);
  while (path.length > 0 && isSilent(path.at(-1))) path = path.slice(0, -1);
  for (let round = 0; round < 2 && path.some((hop) => doubt(request, hop) !== null); round += 1) {
    await request.clock.sleep(askedAt + RATE_LIMIT_MS - request.clock.now(), request.signal);
    askedAt = request.clock.now();
    await Promise.all(path.map((hop) => askAgain(request, hop)));
  }

  const hops = path.map((hop) => describeHop(hop, request.address));
  return { hops, lostBetween: lostBetween(hops, request), fragNeededFrom: fragNeeded(path), portBlockedAt: null };
}

/** Where SYNs to the mail port end while UDP goes on: a firewall on the way blocks the port. Null when they do not. */
export async function searchPortBlock(request: HopSearchRequest): Promise<HopSearch> {
  const { hops } = await searchHops({ ...request, large: null });
  const farthestUdp = hops.findLast(({ small, method }) => small !== "silent" && method === "udp")?.ttl ?? 0;
  const syns = await Promise.all(
    Array.from({ length: Math.min(MOST_HOPS, Math.max(farthestUdp, hops.length) + 1) }, (_, index) => index + 1).map(async (ttl) => ({
      ttl,
      reply: await synTwice(request, ttl),
    })),
  );
  const prohibited = syns.find(({ reply }) => reply.kind === "prohibited");
  const answered = syns.filter(({ reply }) => reply.kind === "time-exceeded" || reply.kind === "arrived");
  const last = answered.at(-1);
  const empty = { hops, lostBetween: null, fragNeededFrom: null };
  if (prohibited !== undefined && prohibited.reply.kind === "prohibited") {
    return { ...empty, portBlockedAt: { ttl: prohibited.ttl, address: prohibited.reply.from, name: null, as: null } };
  }
  if (last?.reply.kind === "arrived" || farthestUdp <= (last?.ttl ?? 0)) return { ...empty, portBlockedAt: null };
  const address = last !== undefined && last.reply.kind === "time-exceeded" ? last.reply.from : null;
  return { ...empty, portBlockedAt: { ttl: last?.ttl ?? 0, address, name: null, as: null } };
}

async function synTwice(request: HopSearchRequest, ttl: number): Promise<HopReply> {
  const { prober, address, family, port, signal } = request;
  const first = await prober.syn({ address, family, port, ttl, timeoutMs: TIMEOUT_MS, signal });
  return first.kind === "silent" && !signal.aborted
    ? await prober.syn({ address, family, port, ttl, timeoutMs: TIMEOUT_MS, signal })
    : first;
}

async function probeTtl({ prober, address, family, large, signal }: HopSearchRequest, ttl: number): Promise<Seen> {
  const udp = (size: number) => prober.udp({ address, family, ttl, size, timeoutMs: TIMEOUT_MS, signal });
  const [small, big] = await Promise.all([udp(SMALL), large === null ? null : udp(large)]);
  return { ttl, small: [small], large: big === null ? [] : [big], syn: [] };
}

/** Which size a hop may have kept silent to because of a rate limit, or by loss; null once it was asked twice. */
function doubt({ large }: HopSearchRequest, { small, large: big, syn }: Seen): "small" | "large" | null {
  const silentOnce = (replies: readonly HopReply[]) => replies.length === 1 && replies[0]?.kind === "silent";
  if (syn.length === 0 && silentOnce(small)) return "small";
  const answers = [...small, ...syn].some(({ kind }) => kind !== "silent");
  return large !== null && answers && silentOnce(big) ? "large" : null;
}

async function askAgain(request: HopSearchRequest, hop: Seen): Promise<void> {
  const { prober, address, family, signal } = request;
  const which = doubt(request, hop);
  if (which === null || signal.aborted) return;
  const size = which === "small" ? SMALL : (request.large ?? SMALL);
  hop[which].push(await prober.udp({ address, family, ttl: hop.ttl, size, timeoutMs: TIMEOUT_MS, signal }));
}

/** SYNs one TTL after the other, so that the mail host sees one connection and not many. */
async function traceWithSyns(request: HopSearchRequest, seen: readonly Seen[]): Promise<Seen[]> {
  const known = seen.findLast((hop) => !isSilent(hop))?.ttl ?? 0;
  const path = [...seen];
  let silence = 0;
  for (let ttl = 1; ttl <= MOST_HOPS && silence < 3 && !request.signal.aborted; ttl += 1) {
    const hop = path.find((one) => one.ttl === ttl) ?? { ttl, small: [], large: [], syn: [] };
    if (!path.includes(hop)) path.push(hop);
    if (!isSilent(hop)) continue;
    const reply = await synTwice(request, ttl);
    hop.syn.push(reply);
    if (reply.kind === "arrived") return path.filter((one) => one.ttl <= ttl);
    // The router that says so was seen at its own TTL already.
    if (reply.kind === "prohibited" || reply.kind === "unreachable") return path.filter((one) => one.ttl < ttl);
    silence = reply.kind === "silent" && ttl > known ? silence + 1 : 0;
  }
  return path;
}

function isSilent(hop: Seen | undefined): boolean {
  return hop === undefined || [...hop.small, ...hop.large, ...hop.syn].every(({ kind }) => kind === "silent" || kind === "too-large-here");
}

function reachedEnd(hop: Seen): boolean {
  return [...hop.small, ...hop.syn].some(({ kind }) => kind === "arrived" || kind === "prohibited" || kind === "unreachable");
}

function silentFor(seen: readonly Seen[]): number {
  return seen.length - 1 - seen.findLastIndex((hop) => !isSilent(hop));
}

function describeHop(hop: Seen, target: string): Hop {
  const replies = [...hop.small, ...hop.syn, ...hop.large];
  const addresses = [...new Set(replies.flatMap((reply) => ("from" in reply && reply.kind !== "frag-needed" ? [reply.from] : [])))];
  const timed = [...hop.small, ...hop.syn].find((reply) => "ms" in reply);
  const needed = hop.large.find(({ kind }) => kind === "frag-needed");
  return {
    ttl: hop.ttl,
    address: addresses[0] ?? null,
    addresses,
    small: answerOf([...hop.small, ...hop.syn]),
    large: answerOf(hop.large),
    largeMtu: needed?.kind === "frag-needed" ? needed.mtu : null,
    ms: timed !== undefined && "ms" in timed ? Math.round(timed.ms * 10) / 10 : null,
    name: null,
    as: null,
    method: hop.small.some(({ kind }) => kind !== "silent") || hop.syn.length === 0 ? "udp" : "tcp-syn",
    final: replies.some((reply) => reply.kind === "arrived" || ("from" in reply && reply.from === target && reply.kind !== "frag-needed")),
  };
}

function answerOf(replies: readonly HopReply[]): Hop["small"] {
  if (replies.some(({ kind }) => kind !== "silent" && kind !== "too-large-here" && kind !== "frag-needed")) return "reply";
  return replies.some(({ kind }) => kind === "frag-needed") ? "frag-needed" : "silent";
}

function lostBetween(hops: readonly Hop[], { large, address }: HopSearchRequest): PathObservation["lostBetween"] {
  if (large === null || hops.length === 0) return null;
  const before = hops.findLast((hop) => hop.large === "reply");
  if (before?.final === true) return null;
  const owner = (hop: Hop): HopOwner => ({ ttl: hop.ttl, address: hop.address, name: null, as: null });
  const us: HopOwner = { ttl: 0, address: null, name: null, as: null };
  const target: HopOwner = { ttl: (hops.at(-1)?.ttl ?? 0) + 1, address, name: null, as: null };
  // A hop that only a SYN showed says nothing of full-size packets: UDP of whatever size may end before it.
  const behind = hops.find(
    (hop) => hop.ttl > (before?.ttl ?? 0) && (hop.final || (hop.method === "udp" && hop.small === "reply" && hop.large !== "reply")),
  );
  return [before === undefined ? us : owner(before), behind === undefined ? target : owner(behind)];
}

function fragNeeded(path: readonly Seen[]): PathObservation["fragNeededFrom"] {
  for (const hop of path) {
    for (const reply of hop.large) if (reply.kind === "frag-needed") return { address: reply.from, mtu: reply.mtu };
  }
  return null;
}
