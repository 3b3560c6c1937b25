/**
 * Which SMTP connections stall, by the kernel's own evidence over successive looks. A connection without outstanding data is at
 * most `quiet`: its peer may think. A stall alone does not show the cause; a probe does.
 */
import type { LiveDelivery, MailConnection } from "@mxray/contracts";

/** Retransmission timeouts in a row, without an acknowledgement between them. */
const LEAST_TIMEOUTS = 3;
const UNACKNOWLEDGED_MS = 3000;
/** The peer has sent the missing segment again several times by then. */
const GAP_MS = 5000;
const WINDOW_CLOSED_MS = 10_000;
/** Probes of a closed window. */
const LEAST_WINDOW_PROBES = 3;
const QUIET_MS = 5000;

type Stall = NonNullable<LiveDelivery["stall"]>;

/** Since when a connection is as it is, in milliseconds of the caller's clock. */
interface Track {
  readonly bytes: string;
  readonly since: number;
  readonly trouble: Stall | null;
  readonly troubleSince: number;
}

export class LiveJudgement {
  #tracks: ReadonlyMap<string, Track> = new Map();

  /**
   * @param nowMs monotonic
   * @returns stalled ones first, then quiet ones, each the longest first
   */
  judge(connections: readonly MailConnection[], nowMs: number): LiveDelivery[] {
    const before = this.#tracks;
    const tracks = new Map(connections.map((connection) => [connection.id, trackOf(connection, before.get(connection.id), nowMs)]));
    this.#tracks = tracks;
    const judged = connections.flatMap((connection) => {
      const track = tracks.get(connection.id);
      return track === undefined ? [] : [judgeOne(connection, track, nowMs)];
    });
    return judged.sort((a, b) => RANK[a.state] - RANK[b.state] || b.forMs - a.forMs);
  }
}

const RANK: Record<LiveDelivery["state"], number> = { stalled: 0, quiet: 1, moving: 2 };

function trackOf(connection: MailConnection, before: Track | undefined, nowMs: number): Track {
  const bytes = `${connection.bytesAcked} ${connection.bytesReceived}`;
  const trouble = troubleOf(connection);
  const isSame = before !== undefined && before.bytes === bytes;
  return {
    bytes,
    since: isSame ? before.since : nowMs,
    trouble,
    // A gap or lost data is another one once a byte has got through.
    troubleSince: isSame && before.trouble === trouble ? before.troubleSince : nowMs,
  };
}

function troubleOf({ inFlight, unsent, backoff, timeouts, heldBack }: MailConnection): Stall | null {
  if (inFlight > 0 && timeouts > 0) return "unacknowledged";
  if (inFlight === 0 && unsent > 0 && backoff > 0) return "window-closed";
  return heldBack ? "gap" : null;
}

function judgeOne(connection: MailConnection, { since, trouble, troubleSince }: Track, nowMs: number): LiveDelivery {
  const seenMs = nowMs - troubleSince;
  // Doubled timers that have run out already were as long together, which also holds at the first look.
  const lastingMs = trouble === "unacknowledged" ? Math.max(seenMs, connection.rtoMs - connection.rtoMs / 2 ** connection.backoff) : seenMs;
  if (trouble !== null && isStall(trouble, connection, lastingMs)) {
    return { ...connection, state: "stalled", stall: trouble, forMs: Math.round(lastingMs) };
  }
  const stillMs = nowMs - since;
  const isQuiet = stillMs >= QUIET_MS && trouble === null && connection.inFlight === 0;
  return { ...connection, state: isQuiet ? "quiet" : "moving", stall: null, forMs: Math.round(stillMs) };
}

function isStall(trouble: Stall, { timeouts, backoff }: MailConnection, lastingMs: number): boolean {
  switch (trouble) {
    case "unacknowledged":
      return timeouts >= LEAST_TIMEOUTS && lastingMs >= UNACKNOWLEDGED_MS;
    case "gap":
      return lastingMs >= GAP_MS;
    case "window-closed":
      return backoff >= LEAST_WINDOW_PROBES && lastingMs >= WINDOW_CLOSED_MS;
  }
}
