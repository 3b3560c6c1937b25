/**
 * Segments that are known to fit, sent a little apart without waiting for each: on a long path one after the other would take
 * a round trip each. Only for segments as large as the connection allows, since the kernel joins smaller ones.
 */
import type { Clock, Connection, TcpFacts } from "../ports.ts";

export interface SpacedResult {
  /** What became of the first that did not arrive; `acked` when all did. */
  readonly outcome: "acked" | "stalled" | "closed" | "reset";
  readonly ms: number;
  /** Segments that were acknowledged, the first ones. */
  readonly arrived: number;
  /** Segments that had to be sent again, of all. */
  readonly lost: number;
}

/** As far apart as segments that wait for each other on a short path: one drop of a full queue does not take them all. */
const APART_MS = 20;
const POLL_MS = 10;
const LONGEST_WAIT_MS = 8000;

/** @param segments each of the same length */
export async function sendSpaced(
  connection: Connection,
  segments: readonly Uint8Array[],
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<SpacedResult> {
  const before = connection.facts();
  const start = clock.now();
  const length = segments[0]?.length ?? 0;
  if (before === null || length === 0) return { outcome: endOf(connection), ms: 0, arrived: 0, lost: 0 };
  for (const segment of segments) {
    await connection.writeSegments([segment]);
    await clock.sleep(APART_MS, signal);
  }
  let facts: TcpFacts = before;
  let progressAt = clock.now();
  const arrived = () => Math.min(segments.length, Math.floor((facts.bytesAcked - before.bytesAcked) / length));
  while (!signal.aborted && clock.now() - progressAt < Math.min(LONGEST_WAIT_MS, 3000 + 4 * before.rtoMs)) {
    const now = connection.facts();
    if (now === null) break;
    if (now.bytesAcked > facts.bytesAcked) progressAt = clock.now();
    facts = now;
    if (arrived() === segments.length || endOf(connection) !== "stalled") break;
    await clock.sleep(POLL_MS, signal);
  }
  const resent = facts.retransmits - before.retransmits - (facts.duplicates - before.duplicates);
  const outcome = arrived() === segments.length ? "acked" : endOf(connection);
  return { outcome, ms: clock.now() - start, arrived: arrived(), lost: Math.max(0, Math.min(segments.length, resent)) };
}

function endOf(connection: Connection): "stalled" | "closed" | "reset" {
  const ended = connection.peek();
  if (ended === "reset" || ended === "closed") return ended;
  return connection.facts() === null ? "closed" : "stalled";
}
