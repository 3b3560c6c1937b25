/** What a search of hops is asked, and how long routers are given. */
import type { Clock, HopProber } from "../ports.ts";

/** Routers answer within this time or not at all. */
export const HOP_TIMEOUT_MS = 600;
/** One ICMP error a second is a usual limit: a router is asked again only after that, one question at a time. */
export const HOP_RATE_LIMIT_MS = 1100;

export interface HopSearchRequest {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** IP packets in bytes, ascending: the smallest that is lost, then larger ones; empty to send small ones only. */
  readonly sizes: readonly number[];
  /** Share of packets that the path loses by chance, 0 to 1; default 0. */
  readonly loss?: number;
  readonly prober: HopProber;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}
