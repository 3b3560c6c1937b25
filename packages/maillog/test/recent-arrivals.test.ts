import { expect, test } from "vitest";
import { NO_ARRIVAL, RecentArrivals } from "../src/statistics/recent-arrivals.ts";

const MOST = 32_768;
const DISORDER = 900;

interface Noted {
  readonly peer: number;
  readonly second: number;
  readonly size: number;
}

/** The same by looking at all of them. */
class PlainArrivals {
  #noted: { readonly arrival: Noted | null }[] = [];

  note(arrival: Noted): void {
    this.#noted.push({ arrival });
    this.#noted = this.#noted.slice(-MOST);
  }

  takeSince(peer: number, from: number): number[] {
    const taken: number[] = [];
    for (let at = this.#noted.length - 1; at >= 0; at -= 1) {
      const arrival = this.#noted[at]?.arrival;
      if (arrival?.peer !== peer) continue;
      if (arrival.second < from - DISORDER) break;
      if (arrival.second < from) continue;
      taken.push(arrival.size);
      this.#noted[at] = { arrival: null };
    }
    return taken;
  }
}

test("each peer's last messages are found, once, whatever others do and in whatever order", () => {
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const peers = Array.from({ length: 20 }, () => ({ lastArrival: NO_ARRIVAL }));
  const recent = new RecentArrivals();
  const plain = new PlainArrivals();
  let second = 1_700_000_000;
  let taken = 0;
  for (let step = 0; step < 3000; step += 1) {
    if (below(3) === 0) second += below(200);
    const peer = Math.min(below(20), below(20));
    const arrival = { peer, second: second - below(1200), size: step };
    recent.note(peers[peer] as { lastArrival: number }, arrival.second, arrival.size);
    plain.note(arrival);
    if (below(9) !== 0) continue;
    const from = second - below(1500);
    const expected = plain.takeSince(peer, from);
    expect(recent.takeSince(peers[peer] as { lastArrival: number }, from)).toEqual(expected);
    taken += expected.length;
  }
  expect(taken).toBeGreaterThan(200);
});

test("only the last messages of all peers are kept", () => {
  const recent = new RecentArrivals();
  const [early, busy] = [{ lastArrival: NO_ARRIVAL }, { lastArrival: NO_ARRIVAL }];
  recent.note(early, 1000, 1);
  for (let count = 0; count < MOST - 1; count += 1) recent.note(busy, 1000, 2);
  const kept = { ...early };
  expect(recent.takeSince(kept, 1000)).toEqual([1]);
  recent.note(busy, 1000, 3);
  expect(recent.takeSince(early, 1000)).toEqual([]);
  expect(recent.takeSince(busy, 1000)).toHaveLength(MOST);
});

test("a peer's stall costs nothing of what others receive", () => {
  const recent = new RecentArrivals();
  const busy = { lastArrival: NO_ARRIVAL };
  for (let count = 0; count < MOST; count += 1) recent.note(busy, 1000, count);
  const began = performance.now();
  for (let peer = 0; peer < 100_000; peer += 1) expect(recent.takeSince({ lastArrival: NO_ARRIVAL }, 1000).length).toBe(0);
  // Looking at each of the others' messages would take a minute.
  expect(performance.now() - began).toBeLessThan(10_000);
});
