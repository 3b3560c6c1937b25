import { describe, expect, test } from "vitest";
import { sendSpaced } from "../src/path/spaced-segments.ts";
import type { Clock, Connection, ReadEvent, TcpFacts } from "../src/ports.ts";

const LENGTH = 1348;
const ROUND_TRIP_MS = 200;

/** A peer that acknowledges so many segments, each a round trip after it was sent; simulated time. */
function scriptedPeer({ takes, resent = 0, end = null }: { takes: number; resent?: number; end?: ReadEvent["kind"] | null }) {
  let now = 0;
  const sentAt: number[] = [];
  const acked = () => sentAt.filter((at, index) => index < takes && now >= at + ROUND_TRIP_MS).length;
  const clock: Clock = {
    now: () => now,
    timestamp: () => "",
    sleep: async (ms) => {
      now += ms;
    },
  };
  const facts = () =>
    ({ bytesAcked: 500 + LENGTH * acked(), retransmits: 3 + (sentAt.length > 0 ? resent : 0), duplicates: 0, rtoMs: 400 }) as TcpFacts;
  const connection = {
    facts,
    peek: () => (sentAt.length > 0 && acked() === takes ? end : null),
    writeSegments: async (segments: readonly Uint8Array[]) => {
      for (const _ of segments) sentAt.push(now);
    },
  } as unknown as Connection;
  const send = (count: number) =>
    sendSpaced(connection, new Array<Uint8Array>(count).fill(new Uint8Array(LENGTH)), { clock, signal: new AbortController().signal });
  return { send };
}

describe("segments sent a moment apart", () => {
  test("arrive in little more than one round trip", async () => {
    const { ms, ...result } = await scriptedPeer({ takes: 10 }).send(10);
    expect(result).toEqual({ outcome: "acked", arrived: 10, lost: 0 });
    expect(ms).toBeLessThan(3 * ROUND_TRIP_MS);
  });

  test("that were sent again count as lost at first", async () => {
    expect(await scriptedPeer({ takes: 10, resent: 2 }).send(10)).toMatchObject({ outcome: "acked", arrived: 10, lost: 2 });
  });

  test("stall at the first one that never arrives", async () => {
    expect(await scriptedPeer({ takes: 4, resent: 3 }).send(10)).toMatchObject({ outcome: "stalled", arrived: 4, lost: 3 });
  });

  test("end with the connection: that is no loss", async () => {
    expect(await scriptedPeer({ takes: 4, end: "reset" }).send(10)).toMatchObject({ outcome: "reset", arrived: 4 });
  });
});
