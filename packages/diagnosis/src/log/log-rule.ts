/** What a log rule gets and gives: the statistics of a log, or one peer of it, to findings. Pure; never throws for data. */
import type { Direction, Finding, LogPeer, LogStatistics } from "@mxray/contracts";
import type { RetrySettings } from "../retry-schedule.ts";

export interface LogContext {
  readonly statistics: LogStatistics;
  /** Those reached over a network, without machines of ours that probe. */
  readonly peers: readonly LogPeer[];
  /** Of the Postfix that wrote the log, as configured; null where it is not known, then the defaults are compared with. */
  readonly retrySettings: RetrySettings | null;
  /**
   * Peers looked at, by rule: the best of many looks remarkable by chance, so each peer's chance is multiplied by their
   * number (Bonferroni).
   */
  readonly looks: { readonly outbound: number; readonly inbound: number; readonly sized: number };
  /** What of the attempts stalls at an ordinary peer of this log, 0 to 1. */
  readonly rates: Readonly<Record<Direction, number>>;
}

/** For each peer that is reached over a network; a loopback or unix-socket peer has no path MTU. */
export type PeerRule = (peer: LogPeer, context: LogContext) => Finding[];
export type LogRule = (context: LogContext) => Finding[];
