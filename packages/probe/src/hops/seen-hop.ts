/** What was heard from one hop: the replies to each packet size and to SYNs, and what they come to. */
import type { Hop } from "@mxray/contracts";
import type { HopReply } from "../ports.ts";

export interface SeenHop {
  readonly ttl: number;
  readonly small: HopReply[];
  readonly syn: HopReply[];
  /** Replies by the size of the packet, bytes. */
  readonly large: Map<number, HopReply[]>;
}

export function isSilentHop(hop: SeenHop | undefined): boolean {
  return hop === undefined || allReplies(hop).every(({ kind }) => kind === "silent" || kind === "too-large-here");
}

/** The packets went past the last router. */
export function hopReachedEnd(hop: SeenHop): boolean {
  return [...hop.small, ...hop.syn].some(({ kind }) => kind === "arrived" || kind === "prohibited" || kind === "unreachable");
}

export function hopAnswer(replies: readonly HopReply[]): Hop["small"] {
  if (replies.some(({ kind }) => kind !== "silent" && kind !== "too-large-here" && kind !== "frag-needed")) return "reply";
  return replies.some(({ kind }) => kind === "frag-needed") ? "frag-needed" : "silent";
}

export function hopAnswerTo(hop: SeenHop, size: number): Hop["small"] {
  return hopAnswer(hop.large.get(size) ?? []);
}

/** Whether UDP of small size draws an answer there: only then does silence to a larger packet say anything. */
export function hopAnswersUdp(hop: SeenHop): boolean {
  return hopAnswer(hop.small) === "reply";
}

export function isFinalHop(hop: SeenHop, target: string): boolean {
  return allReplies(hop).some(
    (reply) => reply.kind === "arrived" || ("from" in reply && reply.from === target && reply.kind !== "frag-needed"),
  );
}

/** @param large the packet size that `large` speaks of, bytes; null where small ones only were sent */
export function hopOfSeen(hop: SeenHop, target: string, large: number | null): Hop {
  const replies = large === null ? [] : (hop.large.get(large) ?? []);
  const addresses = [...new Set(allReplies(hop).flatMap((reply) => ("from" in reply && reply.kind !== "frag-needed" ? [reply.from] : [])))];
  const timed = [...hop.small, ...hop.syn].find((reply) => "ms" in reply);
  const needed = replies.find(({ kind }) => kind === "frag-needed");
  return {
    ttl: hop.ttl,
    address: addresses[0] ?? null,
    addresses,
    small: hopAnswer([...hop.small, ...hop.syn]),
    large: hopAnswer(replies),
    largeMtu: needed?.kind === "frag-needed" ? needed.mtu : null,
    ms: timed !== undefined && "ms" in timed ? Math.round(timed.ms * 10) / 10 : null,
    name: null,
    as: null,
    method: hop.small.some(({ kind }) => kind !== "silent") || hop.syn.length === 0 ? "udp" : "tcp-syn",
    final: isFinalHop(hop, target),
  };
}

function allReplies(hop: SeenHop): HopReply[] {
  return [...hop.small, ...hop.syn, ...[...hop.large.values()].flat()];
}
