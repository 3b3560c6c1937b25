import { expect, test } from "vitest";
import type { RelayConditions } from "./relay-conditions.ts";
import { RelayDirection } from "./relay-direction.ts";
import { seededRandom } from "./seeded-random.ts";

interface Sent {
  readonly at: number;
  readonly size: number;
}

/** One packet each `everyMs`; what became of each. */
function send(conditions: RelayConditions, count: number, everyMs: number, sizeOf: (index: number) => number = () => 1000) {
  const direction = new RelayDirection(conditions, seededRandom(7), 0);
  return Array.from({ length: count }, (_, index) => {
    const sent: Sent = { at: index * everyMs, size: sizeOf(index) };
    return { ...sent, departures: direction.departures(sent.size, sent.at) };
  });
}

const shareLost = (packets: ReturnType<typeof send>) =>
  packets.filter(({ departures }) => departures.length === 0).length / Math.max(1, packets.length);

test("without conditions a packet leaves as it comes", () => {
  for (const { at, departures } of send({}, 50, 3)) expect(departures).toEqual([at]);
});

test("delay is exact; jitter stays in its bounds and keeps the order", () => {
  for (const { at, departures } of send({ delayMs: 40 }, 50, 3)) expect(departures).toEqual([at + 40]);
  const jittered = send({ delayMs: 40, jitterMs: 20 }, 2000, 1).map(({ at, departures: [left = 0] }) => ({ at, left }));
  for (const { at, left } of jittered) expect(left - at).toBeGreaterThanOrEqual(40);
  for (const { at, left } of jittered) expect(left - at).toBeLessThanOrEqual(60);
  expect(jittered.map(({ left }) => left)).toEqual(jittered.map(({ left }) => left).toSorted((a, b) => a - b));
});

test.each([0.01, 0.1, 0.3])("random loss of %d is what is lost, within what chance allows", (loss) => {
  const deviation = Math.sqrt((loss * (1 - loss)) / 20_000);
  expect(Math.abs(shareLost(send({ loss }, 20_000, 1)) - loss)).toBeLessThan(4 * deviation);
});

test("bursts lose everything for as long as an outage, and nothing between", () => {
  const packets = send({ bursts: { goodMs: 1000, outageMs: [50, 200] } }, 100_000, 1);
  const outages: number[] = [];
  let length = 0;
  for (const { departures } of packets) {
    if (departures.length === 0) length += 1;
    else if (length > 0) {
      outages.push(length);
      length = 0;
    }
  }
  expect(outages.length).toBeGreaterThan(60);
  for (const outage of outages) expect(outage).toBeGreaterThanOrEqual(49);
  // Two outages may follow each other without a packet between them.
  expect(outages.toSorted((a, b) => a - b)[Math.floor(outages.length / 2)]).toBeLessThanOrEqual(200);
  expect(shareLost(packets)).toBeGreaterThan(0.08);
  expect(shareLost(packets)).toBeLessThan(0.15);
});

test("loss of large packets touches no packet of the limit's size", () => {
  const packets = send({ largeLoss: { above: 600, share: 0.5 } }, 20_000, 1, (index) => (index % 2 === 0 ? 600 : 601));
  expect(shareLost(packets.filter(({ size }) => size === 600))).toBe(0);
  expect(Math.abs(shareLost(packets.filter(({ size }) => size === 601)) - 0.5)).toBeLessThan(0.02);
});

test("a policed link passes its burst at once, and its rate after that", () => {
  const packets = send({ police: { rate: 100_000, burst: 10_000 } }, 5000, 1);
  expect(packets.findIndex(({ departures }) => departures.length === 0)).toBeGreaterThanOrEqual(10);
  const passed = packets.filter(({ departures }) => departures.length > 0).reduce((sum, { size }) => sum + size, 0);
  expect(passed).toBeGreaterThan(490_000);
  expect(passed).toBeLessThanOrEqual(510_000);
});

test("a shaped link sends at its rate, and loses what its queue does not hold", () => {
  const packets = send({ shape: { rate: 100_000, queue: 20_000 } }, 200, 1);
  const left = packets.flatMap(({ departures }) => departures);
  for (const [index, at] of left.entries()) if (index > 0) expect(at - (left[index - 1] ?? 0)).toBeCloseTo(10, 6);
  for (const {
    at,
    departures: [out = at],
  } of packets)
    expect(out - at).toBeLessThanOrEqual(200);
  expect(shareLost(packets)).toBeGreaterThan(0.7);
});

test("reordering lets later packets pass, and no other keeps its place any less", () => {
  const packets = send({ reorder: { share: 0.2, lateMs: 10 } }, 5000, 1);
  const late = packets.filter(({ at, departures: [left = at] }) => left > at);
  expect(Math.abs(late.length / packets.length - 0.2)).toBeLessThan(0.03);
  for (const { at, departures } of late) expect(departures).toEqual([at + 10]);
});

test("duplicates come right behind the original", () => {
  const packets = send({ duplicates: 0.1 }, 5000, 1);
  const twice = packets.filter(({ departures }) => departures.length === 2);
  expect(Math.abs(twice.length / packets.length - 0.1)).toBeLessThan(0.02);
  for (const { at, departures } of twice) expect(departures).toEqual([at, at + 0.5]);
});

test("the same seed gives the same choices", () => {
  expect(send({ loss: 0.3, jitterMs: 5 }, 500, 1)).toEqual(send({ loss: 0.3, jitterMs: 5 }, 500, 1));
});
