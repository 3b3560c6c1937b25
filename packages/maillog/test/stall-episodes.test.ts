import { describe, expect, test } from "vitest";
import { StallEpisodes } from "../src/counting/stall-episodes.ts";
import { peerOf } from "../src/entries/log-peer-name.ts";

const PEER = peerOf("mx.example.test", "192.0.2.8", 25);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Stalls by when their attempts began, and deliveries (negative), ms, in the order of the log: those that count. */
function counted(direction: "inbound" | "outbound", ...times: number[]): number[] {
  const episodes = new StallEpisodes();
  return times.filter((time) => {
    if (time >= 0) return episodes.counts(direction, PEER, "body", time);
    episodes.arrived(direction, PEER, -time);
    return false;
  });
}

describe("to a server", () => {
  test("an outage is one observation, however many messages it hits", () => {
    expect(counted("outbound", 1, MINUTE, 2 * MINUTE, 30 * MINUTE, HOUR)).toEqual([1]);
  });

  test("every delivery in between ends it", () => {
    expect(counted("outbound", 1, -MINUTE, 2 * MINUTE, -(3 * MINUTE), 4 * MINUTE)).toEqual([1, 2 * MINUTE, 4 * MINUTE]);
  });

  test("but not one of many stalls", () => {
    expect(counted("outbound", 1, 2, 3, 4, -MINUTE, 2 * MINUTE)).toEqual([1]);
  });

  test("what arrived before the attempt's time-out was logged is not in between", () => {
    // The second attempt began at three minutes, and its time-out is logged after deliveries at nine and ten.
    expect(counted("outbound", MINUTE, -(9 * MINUTE), -(10 * MINUTE), 3 * MINUTE, 11 * MINUTE)).toEqual([MINUTE, 11 * MINUTE]);
  });

  test("an outage for hours is more than one", () => {
    expect(counted("outbound", 1, HOUR, 2 * HOUR, 4 * HOUR, 5 * HOUR, 8 * HOUR)).toEqual([1, 4 * HOUR, 8 * HOUR]);
  });

  test("other stages and other hosts are observed apart, names and ports are not", () => {
    const episodes = new StallEpisodes();
    expect(episodes.counts("outbound", PEER, "body", 1)).toBe(true);
    expect(episodes.counts("outbound", peerOf("", "192.0.2.8", 587), "end-of-data", 2)).toBe(false);
    expect(episodes.counts("outbound", PEER, "greeting", 3)).toBe(true);
    expect(episodes.counts("outbound", peerOf("mx.example.test", "192.0.2.9", 25), "body", 4)).toBe(true);
    expect(episodes.counts("inbound", PEER, "greeting", 5)).toBe(true);
  });

  test("lines without a time are separated by deliveries, too", () => {
    const episodes = new StallEpisodes();
    expect(episodes.counts("outbound", PEER, "body", Number.NaN)).toBe(true);
    expect(episodes.counts("outbound", PEER, "body", Number.NaN)).toBe(false);
    episodes.arrived("outbound", PEER, Number.NaN);
    episodes.arrived("outbound", PEER, Number.NaN);
    expect(episodes.counts("outbound", PEER, "body", Number.NaN)).toBe(true);
  });
});

describe("from a client", () => {
  test("one message that stalls at each attempt is no observation, though others arrive", () => {
    expect(counted("inbound", 1, -MINUTE, 6 * MINUTE, -(7 * MINUTE), 20 * MINUTE, -(30 * MINUTE), HOUR)).toEqual([]);
  });

  test("two stalls within five minutes are of two messages", () => {
    expect(counted("inbound", 1, MINUTE, 2 * MINUTE, -(10 * MINUTE), 12 * MINUTE, 13 * MINUTE)).toEqual([MINUTE, 13 * MINUTE]);
  });
});

test("it goes on after a restart", () => {
  const before = new StallEpisodes();
  before.counts("outbound", PEER, "body", 1);
  before.arrived("outbound", PEER, MINUTE);
  const after = new StallEpisodes();
  for (const [key, episodes] of before.takeChanged()) after.restore(key, JSON.parse(JSON.stringify(episodes)));
  expect(before.takeChanged().size).toBe(0);
  expect(after.counts("outbound", PEER, "body", 2 * MINUTE)).toBe(before.counts("outbound", PEER, "body", 2 * MINUTE));
  expect(after.takeChanged()).toEqual(before.takeChanged());
});
