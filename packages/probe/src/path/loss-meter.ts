/**
 * Counts the segments that fit the path and those of them that had to be sent again: the rate of random loss against
 * which a verdict has to stand.
 */

import type { SmtpSession } from "../session/smtp-session.ts";
import type { SmallSegments } from "./path-statistics.ts";

export class LossMeter {
  #sent = 0;
  #lost = 0;
  readonly #payload = { sent: 0, lost: 0 };
  readonly #accounted = new WeakMap<SmtpSession, { segments: number; retransmits: number }>();

  get total(): SmallSegments {
    return { sent: this.#sent, lost: Math.min(this.#lost, this.#sent) };
  }

  /** Segments of payloads, each time that they were sent: large ones that fit. */
  get payload(): SmallSegments {
    return { sent: this.#payload.sent, lost: Math.min(this.#payload.lost, this.#payload.sent) };
  }

  /** What this session sent since the last look were segments that fit. */
  countFitting(session: SmtpSession): void {
    const facts = session.connection.facts();
    const last = this.#accounted.get(session) ?? { segments: 0, retransmits: 0 };
    this.#sent += session.smallSegments - last.segments;
    // Retransmissions that the peer reported as duplicates were no losses.
    const retransmits = facts === null ? last.retransmits : facts.retransmits - facts.duplicates;
    this.#lost += Math.max(0, retransmits - last.retransmits);
    this.#accounted.set(session, { segments: session.smallSegments, retransmits });
  }

  /** Where the kernel tells nothing: so many segments were answered, one of them late. */
  countReply(segments: number, late: boolean): void {
    this.#sent += segments;
    if (late) this.#lost += 1;
  }

  /** What this session sent again since the last look was the one segment that did not fit; of its tails some were lost. */
  countOversized(session: SmtpSession, tails: SmallSegments): void {
    const facts = session.connection.facts();
    const last = this.#accounted.get(session);
    this.#sent += tails.sent;
    this.#lost += tails.lost;
    this.#accounted.set(session, {
      segments: session.smallSegments,
      retransmits: facts === null ? (last?.retransmits ?? 0) : facts.retransmits - facts.duplicates,
    });
  }

  /** What this session sent since the last look was a payload; what it sent again is no longer counted as small. */
  countPayload(session: SmtpSession, { sent, lost }: SmallSegments): void {
    this.#payload.sent += sent;
    this.#payload.lost += lost;
    this.countOversized(session, { sent: 0, lost: 0 });
  }
}
