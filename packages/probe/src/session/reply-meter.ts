/**
 * Counts the host's replies to commands, and those that came so late that a packet may have been sent again: small packets from
 * the host, and the rate at which such packets are lost. A slow host counts as loss, which makes no verdict surer than it is.
 */
import type { TcpFacts } from "../ports.ts";

/** A packet that is sent again comes later than this and so many round trips (Linux repeats after 200 ms at the earliest). */
const LATE_MS = 190;
const LATE_ROUND_TRIPS = 4;

export interface ReplyCount {
  readonly sent: number;
  /** Of those, the late ones. */
  readonly lost: number;
}

/** @param ms from the question to its answer */
export function isLateAnswer(ms: number, { rttMs }: Pick<TcpFacts, "rttMs">): boolean {
  return ms > LATE_MS + LATE_ROUND_TRIPS * rttMs;
}

export class ReplyMeter {
  #sent = 0;
  #late = 0;

  get total(): ReplyCount {
    return { sent: this.#sent, lost: this.#late };
  }

  /** @param ms from the command to its reply, or until it was waited for no longer */
  count(ms: number, facts: TcpFacts | null): void {
    if (facts === null) return;
    this.#sent += 1;
    if (isLateAnswer(ms, facts)) this.#late += 1;
  }
}
