/**
 * The links on the way that are smaller than those before them, in order, each with its MTU, the hops at its ends and
 * whether "fragmentation needed" comes from there. The last is the one at which packets of the path MTU + 1 are lost; what is
 * narrow behind it cannot be seen, since nothing large gets there.
 *
 * The MTU is what the router says. A silent one is found by bisection with packets that end at the first hop behind it.
 */
import type { NarrowLink } from "@mxray/contracts";
import type { HopReply } from "../ports.ts";
import { HOP_RATE_LIMIT_MS, HOP_TIMEOUT_MS, type HopSearchRequest } from "./hop-request.ts";
import { hopAnswersUdp, hopAnswerTo, isFinalHop, type SeenHop } from "./seen-hop.ts";

/** TTLs of the last hop that a packet reaches and of the first that it does not; 0 is this machine. */
export type LossSpan = readonly [number, number];

/** More narrow links in a row than this are not resolved. */
const MOST_LINKS = 4;

/** Where packets of this size are lost; null where they get all the way, or nothing is known. */
export function lossSpan(path: readonly SeenHop[], size: number, target: string): LossSpan | null {
  if (path.length === 0) return null;
  const before = path.findLast((hop) => hopAnswerTo(hop, size) === "reply");
  if (before !== undefined && isFinalHop(before, target)) return null;
  // A hop that only a SYN showed says nothing of large packets: UDP of whatever size may end before it.
  const behind = path.find(
    (hop) => hop.ttl > (before?.ttl ?? 0) && (isFinalHop(hop, target) || (hopAnswersUdp(hop) && hopAnswerTo(hop, size) !== "reply")),
  );
  return [before?.ttl ?? 0, behind?.ttl ?? (path.at(-1)?.ttl ?? 0) + 1];
}

export async function searchNarrowLinks(request: HopSearchRequest, path: readonly SeenHop[]): Promise<NarrowLink[]> {
  const [smallest, ...larger] = request.sizes;
  if (smallest === undefined) return [];
  const last = lossSpan(path, smallest, request.address);
  if (last === null) return [];
  const links: NarrowLink[] = [];
  let size = larger.at(-1) ?? smallest;
  while (size > smallest && links.length < MOST_LINKS) {
    const span = lossSpan(path, size, request.address);
    if (span === null || span[1] > last[0]) break;
    const mtu = await linkMtu(request, path, span, size);
    if (mtu === null) break;
    links.push({ mtu, between: [...span], icmp: messagesOf(path, span, size) });
    size = mtu;
    if (size > smallest) await askBehind(request, path, span, size);
  }
  return [...links, { mtu: smallest - 1, between: [...last], icmp: messagesOf(path, last, smallest) }];
}

/** How often a packet too big for the link drew the message that says so. */
function messagesOf(path: readonly SeenHop[], [, behind]: LossSpan, size: number): NarrowLink["icmp"] {
  const replies = path.filter(({ ttl }) => ttl >= behind).flatMap((hop) => hop.large.get(size) ?? []);
  const came = replies.filter(({ kind }) => kind === "frag-needed").length;
  return came === 0 ? "never" : came === replies.length ? "came" : "at-times";
}

/** Between `smallest - 1`, which passes every link, and `size`, which does not pass this one. */
async function linkMtu(request: HopSearchRequest, path: readonly SeenHop[], [, behind]: LossSpan, size: number): Promise<number | null> {
  const passes = request.sizes[0] ?? 0;
  for (const reply of path.flatMap((hop) => hop.large.get(size) ?? [])) {
    if (reply.kind === "frag-needed" && reply.mtu !== null && reply.mtu >= passes && reply.mtu < size) return reply.mtu;
  }
  const hop = path.find(({ ttl }) => ttl === behind);
  if (hop === undefined || !hopAnswersUdp(hop)) return null;
  let [low, high] = [passes, size];
  while (high - low > 1) {
    if (request.signal.aborted) return null;
    const middle = (low + high) >> 1;
    const reply = await askTwice(request, hop.ttl, middle);
    if (reply.kind === "frag-needed" && reply.mtu !== null && reply.mtu >= low && reply.mtu < middle) return reply.mtu;
    if (reply.kind === "silent" || reply.kind === "frag-needed") high = middle;
    else if (reply.kind === "too-large-here") return null;
    else low = middle;
  }
  return low;
}

/** A second time only where a rate limit or loss may have kept the first answer back. */
async function askTwice(request: HopSearchRequest, ttl: number, size: number): Promise<HopReply> {
  const { prober, address, family, clock, signal } = request;
  const ask = () => prober.udp({ address, family, ttl, size, timeoutMs: HOP_TIMEOUT_MS, signal });
  const first = await ask();
  if (first.kind !== "silent") return first;
  await clock.sleep(HOP_RATE_LIMIT_MS - HOP_TIMEOUT_MS, signal);
  return await ask();
}

/** What passes this link may still be too big for a later one. */
async function askBehind(request: HopSearchRequest, path: readonly SeenHop[], [, behind]: LossSpan, size: number): Promise<void> {
  const hops = path.filter((hop) => hop.ttl >= behind && hopAnswersUdp(hop));
  const replies = await Promise.all(hops.map(({ ttl }) => askTwice(request, ttl, size)));
  for (const [index, hop] of hops.entries()) hop.large.set(size, [replies[index] ?? { kind: "silent" }]);
}
