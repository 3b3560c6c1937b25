import { describe, expect, test } from "vitest";
import { offerSegment } from "../src/path/segment-rung.ts";
import type { Clock, Connection, TcpFacts } from "../src/ports.ts";

const LARGE = 1400;
const TAILS = 4;

interface Path {
  readonly roundTripMs: number;
  /** What the kernel takes the round trip for; default the real one. */
  readonly estimateMs?: number;
  /** Copies of the large segment with DF that are lost; what follows arrives. */
  readonly lost: number;
  /** How much later than a round trip the copy that arrives is acknowledged, milliseconds; default 0. */
  readonly lateMs?: number;
}

/**
 * A kernel that sends the large segment again when segments behind it are selectively acknowledged: at once the first time,
 * then for what is sent with the release. In simulated time.
 */
async function offerOn({ roundTripMs, estimateMs = roundTripMs, lost, lateMs = 0 }: Path) {
  let now = 0;
  let fragments = false;
  /** When the next copy leaves; Infinity while nothing calls for it. */
  let nextAt = Number.POSITIVE_INFINITY;
  let ackedAt = Number.POSITIVE_INFINITY;
  let copies = 0;
  const leave = () => {
    copies += 1;
    if ((fragments || copies > lost) && ackedAt === Number.POSITIVE_INFINITY) ackedAt = now + roundTripMs + (copies > 1 ? lateMs : 0);
  };
  const clock: Clock = {
    now: () => now,
    timestamp: () => "",
    sleep: async (ms) => {
      now += ms;
      if (now < nextAt) return;
      nextAt = Number.POSITIVE_INFINITY;
      if (now < ackedAt) leave();
    },
  };
  const connection = {
    writeSegments: async () => {
      leave();
      nextAt = now + roundTripMs;
    },
    write: async () => {
      nextAt = now + roundTripMs;
    },
    peek: () => null,
    setDontFragment: (on: boolean) => {
      fragments = !on;
      return true;
    },
    facts: () =>
      ({
        bytesAcked: now >= ackedAt ? LARGE + TAILS : 0,
        retransmits: Math.max(0, copies - 1),
        duplicates: 0,
        sacked: now >= roundTripMs ? TAILS : 0,
        unacked: 1 + TAILS,
        rttMs: estimateMs,
        minRttMs: roundTripMs,
        rtoMs: 2 * estimateMs,
        backoff: 0,
        pathMtu: 1500,
      }) as TcpFacts,
  } as unknown as Connection;
  const offer = { large: new Uint8Array(LARGE), tails: new Array<Uint8Array>(TAILS).fill(new Uint8Array(1)), trigger: new Uint8Array(2) };
  return await offerSegment(connection, offer, { clock, signal: new AbortController().signal });
}

describe.each([1, 30, 200])("a segment of a path with a round trip of %i ms", (roundTripMs) => {
  test("that arrives only without DF is released, and both copies with DF count as lost", async () => {
    expect(await offerOn({ roundTripMs, lost: 2 })).toMatchObject({ outcome: "released", losses: 2, triggered: true });
  });

  test("is released, too, where the kernel takes the path for much longer than it is", async () => {
    expect(await offerOn({ roundTripMs, estimateMs: 6 * roundTripMs, lost: 2 })).toMatchObject({ outcome: "released", losses: 2 });
  });

  test("whose second copy arrives with DF has arrived", async () => {
    expect(await offerOn({ roundTripMs, lost: 1 })).toMatchObject({ outcome: "acked", losses: 1 });
  });

  test("whose second copy is acknowledged late has arrived all the same", async () => {
    expect(await offerOn({ roundTripMs, lost: 1, lateMs: 0.45 * roundTripMs })).toMatchObject({ outcome: "acked" });
  });
});

test("on a long path DF is cleared before the retransmission is known to be lost", async () => {
  const { ms } = await offerOn({ roundTripMs: 200, lost: 2 });
  expect(ms).toBeLessThan(3.7 * 200);
});
