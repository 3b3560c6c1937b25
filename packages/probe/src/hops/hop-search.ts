/**
 * Between which two hops packets become too big. UDP datagrams with DF, small ones and such as are lost, with rising TTL: a
 * router that answers the large one is still before the small link, the first that answers only the small one is behind it.
 * Where UDP draws nothing, SYNs to the mail port name the routers.
 *
 * The size that decides is the smallest that is lost (path MTU + 1), not that of the interface: a link on the way may be
 * smaller than Ethernet and report it. Such links are looked for as well (`narrow-links.ts`).
 *
 * This does not show who drops the ICMP message: that router, anything on its way back, or our own firewall. Always run after
 * the TCP verdict, since a datagram that draws "fragmentation needed" teaches the kernel the path MTU and hides the fault for
 * ten minutes.
 */
import type { Hop, HopOwner, NarrowLink, PathObservation } from "@mxray/contracts";
import type { HopReply } from "../ports.ts";
import { HOP_RATE_LIMIT_MS, HOP_TIMEOUT_MS, type HopSearchRequest } from "./hop-request.ts";
import { type LossSpan, lossSpan, searchNarrowLinks } from "./narrow-links.ts";
import { hopAnswer, hopAnswerTo, hopOfSeen, hopReachedEnd, isSilentHop, type SeenHop } from "./seen-hop.ts";

export interface HopSearch {
  readonly hops: readonly Hop[];
  readonly lostBetween: PathObservation["lostBetween"];
  /** In order from us; the last is the one at which the smallest of the sizes is lost. */
  readonly narrow: readonly NarrowLink[];
  readonly fragNeededFrom: PathObservation["fragNeededFrom"];
  /** The last hop that a SYN to the mail port got to, where UDP gets further. */
  readonly portBlockedAt: HopOwner | null;
}

export const NO_HOPS: HopSearch = { hops: [], lostBetween: null, narrow: [], fragNeededFrom: null, portBlockedAt: null };

const MOST_HOPS = 30;
const WAVE = 6;
const SMALL = 64;
/** So many TTLs in a row without any answer: nothing more will come. */
const SILENCE = 6;
/** Each size may be asked once more, and the smallest one besides. */
const ROUNDS = 3;
/** Silence that chance makes so rarely counts. */
const CHANCE_OF_SILENCE = 1e-3;
/** Questions to one hop at most, on a path that loses much. */
const MOST_ASKED = 6;

export async function searchHops(request: HopSearchRequest): Promise<HopSearch> {
  const seen: SeenHop[] = [];
  let askedAt = request.clock.now();
  for (let from = 1; from <= MOST_HOPS && !request.signal.aborted; from += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, MOST_HOPS - from + 1) }, (_, index) => from + index);
    askedAt = request.clock.now();
    seen.push(...(await Promise.all(wave.map((ttl) => probeTtl(request, ttl)))));
    if (seen.some(hopReachedEnd) || silentFor(seen) >= SILENCE) break;
  }
  const end = seen.find(hopReachedEnd);
  let path = end === undefined ? seen : seen.filter(({ ttl }) => ttl <= end.ttl);
  // The mail host and everything behind its firewall may not answer UDP; its mail port does not.
  if (end === undefined) path = await traceWithSyns(request, path);
  while (path.length > 0 && isSilentHop(path.at(-1))) path = path.slice(0, -1);
  for (let round = 0; round < ROUNDS && path.some((hop) => doubt(request, hop) !== null); round += 1) {
    await request.clock.sleep(askedAt + HOP_RATE_LIMIT_MS - request.clock.now(), request.signal);
    askedAt = request.clock.now();
    await Promise.all(path.map((hop) => askAgain(request, hop)));
  }
  await askAtSpan(request, path);
  const narrow = await searchNarrowLinks(request, path);
  const [smallest] = request.sizes;
  const hops = path.map((hop) => hopOfSeen(hop, request.address, smallest ?? null));
  const span = smallest === undefined ? null : lossSpan(path, smallest, request.address);
  return { ...NO_HOPS, hops, lostBetween: ownersOfSpan(hops, span, request), narrow, fragNeededFrom: fragNeeded(request, path) };
}

/** Where SYNs to the mail port end while UDP goes on: a firewall on the way blocks the port. Null when they do not. */
export async function searchPortBlock(request: HopSearchRequest): Promise<HopSearch> {
  const { hops } = await searchHops({ ...request, sizes: [] });
  const farthestUdp = hops.findLast(({ small, method }) => small !== "silent" && method === "udp")?.ttl ?? 0;
  const syns = await Promise.all(
    Array.from({ length: Math.min(MOST_HOPS, Math.max(farthestUdp, hops.length) + 1) }, (_, index) => index + 1).map(async (ttl) => ({
      ttl,
      reply: await synAgain(request, ttl),
    })),
  );
  const prohibited = syns.find(({ reply }) => reply.kind === "prohibited");
  const answered = syns.filter(({ reply }) => reply.kind === "time-exceeded" || reply.kind === "arrived");
  const last = answered.at(-1);
  if (prohibited !== undefined && prohibited.reply.kind === "prohibited") {
    return { ...NO_HOPS, hops, portBlockedAt: { ttl: prohibited.ttl, address: prohibited.reply.from, name: null, as: null } };
  }
  if (last?.reply.kind === "arrived" || farthestUdp <= (last?.ttl ?? 0)) return { ...NO_HOPS, hops };
  const address = last !== undefined && last.reply.kind === "time-exceeded" ? last.reply.from : null;
  return { ...NO_HOPS, hops, portBlockedAt: { ttl: last?.ttl ?? 0, address, name: null, as: null } };
}

/** Silence that a burst of loss may have made is heard at another time before it counts. */
async function synAgain(request: HopSearchRequest, ttl: number): Promise<HopReply> {
  const reply = await synTwice(request, ttl);
  if (reply.kind !== "silent") return reply;
  await request.clock.sleep(HOP_RATE_LIMIT_MS, request.signal);
  return request.signal.aborted ? reply : await synTwice(request, ttl);
}

async function synTwice(request: HopSearchRequest, ttl: number): Promise<HopReply> {
  const { prober, address, family, port, signal } = request;
  const first = await prober.syn({ address, family, port, ttl, timeoutMs: HOP_TIMEOUT_MS, signal });
  return first.kind === "silent" && !signal.aborted
    ? await prober.syn({ address, family, port, ttl, timeoutMs: HOP_TIMEOUT_MS, signal })
    : first;
}

async function probeTtl({ prober, address, family, sizes, signal }: HopSearchRequest, ttl: number): Promise<SeenHop> {
  const udp = (size: number) => prober.udp({ address, family, ttl, size, timeoutMs: HOP_TIMEOUT_MS, signal });
  const [small, ...large] = await Promise.all([udp(SMALL), ...sizes.map(udp)]);
  return {
    ttl,
    small: small === undefined ? [] : [small],
    syn: [],
    large: new Map(large.map((reply, index) => [sizes[index] ?? 0, [reply]])),
  };
}

/**
 * The smallest size to which a hop may have kept silent because of a rate limit, or by loss; null once it was asked twice.
 * A packet larger than one that is lost is in no doubt.
 */
function doubt({ sizes }: HopSearchRequest, hop: SeenHop): number | null {
  const silentOnce = (replies: readonly HopReply[]) => replies.length === 1 && replies[0]?.kind === "silent";
  if (hop.syn.length === 0 && silentOnce(hop.small)) return SMALL;
  if (hopAnswer([...hop.small, ...hop.syn]) === "silent") return null;
  for (const size of sizes) {
    if (silentOnce(hop.large.get(size) ?? [])) return size;
    if (hopAnswerTo(hop, size) !== "reply") return null;
  }
  return null;
}

async function askAgain(request: HopSearchRequest, hop: SeenHop): Promise<void> {
  const { prober, address, family, signal } = request;
  const size = doubt(request, hop);
  if (size === null || signal.aborted) return;
  const reply = await prober.udp({ address, family, ttl: hop.ttl, size, timeoutMs: HOP_TIMEOUT_MS, signal });
  if (size === SMALL) hop.small.push(reply);
  else hop.large.get(size)?.push(reply);
}

/** Where packets get lost by chance, the first hop that keeps silent to large ones is asked until chance hardly explains that. */
async function askAtSpan(request: HopSearchRequest, path: readonly SeenHop[]): Promise<void> {
  const { prober, address, family, clock, signal, sizes, loss = 0 } = request;
  const [size] = sizes;
  if (size === undefined || loss === 0) return;
  // The question may be lost as well as its answer.
  const asks = Math.min(MOST_ASKED, Math.ceil(Math.log(CHANCE_OF_SILENCE) / Math.log(Math.min(0.9, 2 * loss))));
  while (!signal.aborted) {
    const behind = lossSpan(path, size, address)?.[1];
    const hop = path.find(({ ttl }) => ttl === behind);
    const replies = hop?.large.get(size) ?? [];
    if (hop === undefined || hopAnswer(hop.small) !== "reply" || hopAnswer(replies) !== "silent" || replies.length >= asks) return;
    await clock.sleep(HOP_RATE_LIMIT_MS, signal);
    replies.push(await prober.udp({ address, family, ttl: hop.ttl, size, timeoutMs: HOP_TIMEOUT_MS, signal }));
  }
}

/** SYNs one TTL after the other, so that the mail host sees one connection and not many. */
async function traceWithSyns(request: HopSearchRequest, seen: readonly SeenHop[]): Promise<SeenHop[]> {
  const known = seen.findLast((hop) => !isSilentHop(hop))?.ttl ?? 0;
  const path = [...seen];
  let silence = 0;
  for (let ttl = 1; ttl <= MOST_HOPS && silence < 3 && !request.signal.aborted; ttl += 1) {
    const hop = path.find((one) => one.ttl === ttl) ?? { ttl, small: [], syn: [], large: new Map<number, HopReply[]>() };
    if (!path.includes(hop)) path.push(hop);
    if (!isSilentHop(hop)) continue;
    const reply = await synTwice(request, ttl);
    hop.syn.push(reply);
    if (reply.kind === "arrived") return path.filter((one) => one.ttl <= ttl);
    // The router that says so was seen at its own TTL already.
    if (reply.kind === "prohibited" || reply.kind === "unreachable") return path.filter((one) => one.ttl < ttl);
    silence = reply.kind === "silent" && ttl > known ? silence + 1 : 0;
  }
  return path;
}

function silentFor(seen: readonly SeenHop[]): number {
  return seen.length - 1 - seen.findLastIndex((hop) => !isSilentHop(hop));
}

function ownersOfSpan(hops: readonly Hop[], span: LossSpan | null, { address }: HopSearchRequest): PathObservation["lostBetween"] {
  if (span === null) return null;
  const owner = (ttl: number, fallback: string | null): HopOwner => ({
    ttl,
    address: hops.find((hop) => hop.ttl === ttl)?.address ?? fallback,
    name: null,
    as: null,
  });
  return [owner(span[0], null), owner(span[1], address)];
}

/** The message came back for a packet of the smallest size that TCP loses. */
function fragNeeded({ sizes: [smallest] }: HopSearchRequest, path: readonly SeenHop[]): PathObservation["fragNeededFrom"] {
  if (smallest === undefined) return null;
  for (const hop of path) {
    for (const reply of hop.large.get(smallest) ?? []) if (reply.kind === "frag-needed") return { address: reply.from, mtu: reply.mtu };
  }
  return null;
}
