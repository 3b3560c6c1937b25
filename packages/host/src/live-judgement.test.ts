import type { MailConnection } from "@mxray/contracts";
import { expect, test } from "vitest";
import { LiveJudgement } from "./live-judgement.ts";

const CALM: MailConnection = {
  ...{ id: "1", direction: "outbound", peer: { address: "192.0.2.1", port: 25 }, mailPort: 25 },
  ...{ sendMss: 1448, receiveMss: 536, pathMtu: 1500, bytesAcked: 400, bytesReceived: 300 },
  ...{ inFlight: 0, unsent: 0, unread: 0, heldBack: false, laterArrived: false, timeouts: 0, backoff: 0, rtoMs: 204 },
};
/** As many retransmissions as the kernel makes in a hole, each after twice the time. */
const lost = (timeouts: number): Partial<MailConnection> => ({ inFlight: 2896, timeouts, backoff: timeouts, rtoMs: 204 * 2 ** timeouts });

/** The verdicts on one connection, of looks that are two seconds apart. */
function verdicts(...looks: readonly Partial<MailConnection>[]): string[] {
  const judgement = new LiveJudgement();
  return looks.map((facts, index) => {
    const [one] = judgement.judge([{ ...CALM, ...facts }], index * 2000);
    return `${one?.state} ${one?.stall ?? "-"} ${one?.forMs}`;
  });
}

test("lost data is a stall after three timeouts and three seconds, also when that was before the first look", () => {
  expect(verdicts(lost(0), lost(2), lost(4))).toEqual(["moving - 0", "moving - 2000", "stalled unacknowledged 3060"]);
  expect(verdicts(lost(6))).toEqual(["stalled unacknowledged 12852"]);
});

test("a loss that recovers is no stall, and one acknowledged byte ends one", () => {
  expect(verdicts(lost(0), lost(1), { bytesAcked: 3296 })).toEqual(["moving - 0", "moving - 2000", "moving - 0"]);
  expect(verdicts(lost(5), { ...lost(1), bytesAcked: 1848 })).toEqual(["stalled unacknowledged 6324", "moving - 0"]);
});

test("three timeouts on a fast path are not yet three seconds", () => {
  expect(verdicts({ ...lost(3), rtoMs: 1600 })).toEqual(["moving - 0"]);
});

test("data that a missing segment keeps back is a stall after five seconds; a reordered segment is not", () => {
  const gap = { heldBack: true };
  expect(verdicts(gap, gap, gap, gap)).toEqual(["moving - 0", "moving - 2000", "moving - 4000", "stalled gap 6000"]);
  const progress = [0, 1, 2, 3].map((index) => ({ heldBack: true, bytesReceived: 300 + index }));
  expect(verdicts(...progress).at(-1)).toBe("moving - 0");
});

test("a peer that reads nothing is a stall of its own kind after ten seconds", () => {
  const closed = { unsent: 9000, backoff: 4 };
  expect(verdicts(...Array<typeof closed>(6).fill(closed)).slice(-2)).toEqual(["moving - 8000", "stalled window-closed 10000"]);
});

test("a connection that waits for a reply is quiet, however long", () => {
  expect(verdicts(...Array<object>(60).fill({})).at(-1)).toBe("quiet - 118000");
  expect(verdicts({}, {}, {}, { bytesReceived: 350 }), "idle for long, then at work").toContain("moving - 0");
});

test("idle time before data is lost does not count as a stall", () => {
  expect(verdicts({}, {}, {}, {}, lost(1))).toEqual(["moving - 0", "moving - 2000", "moving - 4000", "quiet - 6000", "moving - 8000"]);
});

test("stalled connections come first, the longest before the others", () => {
  const judged = new LiveJudgement().judge([CALM, { ...CALM, ...lost(5), id: "2" }, { ...CALM, ...lost(7), id: "3" }], 0);
  expect(judged.map(({ id }) => id)).toEqual(["3", "2", "1"]);
});
