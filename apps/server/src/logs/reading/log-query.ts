/** The query of a log view as the store's filter. */
import { canonicalPeer } from "@mxray/contracts";
import type { LogQuery } from "@mxray/contracts/schemas";
import type { ByteRange, LogFilter, Store } from "@mxray/store";
import { Refusal } from "../../refusal.ts";

const DAY_S = 86_400;
const MOST_PEERS = 500;

/** @throws Refusal for times that are none, or a range that is empty */
export async function filterOf(store: Store, { from, to, direction, peer, stage }: LogQuery): Promise<LogFilter> {
  const end = to === undefined ? Math.ceil(Date.now() / 1000) + 60 : secondsOf("to", to);
  const start = from === undefined ? end - DAY_S : secondsOf("from", from);
  if (start >= end) throw new Refusal("invalid-range", "'from' is not before 'to'.");
  const peers = peer === undefined ? null : await store.logs.peers({ host: canonicalPeer(peer), limit: MOST_PEERS });
  return {
    from: start,
    to: end,
    ...(direction === undefined ? {} : { direction }),
    ...(stage === undefined ? {} : { stage }),
    ...(peers === null ? {} : { peers: peers.map(({ id }) => id) }),
  };
}

/** Nothing where neither end is given. */
export function rangeOf<K extends "size" | "bytes">(
  key: K,
  from: number | undefined,
  to: number | undefined,
): { readonly [key in K]?: ByteRange } {
  if (from === undefined && to === undefined) return {};
  return { [key]: { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER } } as { readonly [key in K]: ByteRange };
}

function secondsOf(name: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Refusal("invalid-range", `'${name}' takes a time such as 2026-03-01T12:00:00Z.`);
  return Math.floor(ms / 1000);
}

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
