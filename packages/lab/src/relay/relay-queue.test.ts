import { expect, test } from "vitest";
import { type RelayedPacket, RelayQueue } from "./relay-queue.ts";
import { seededRandom } from "./seeded-random.ts";

test("gives packets in the order of their times, those of one time in the order they came, and none too early", () => {
  const random = seededRandom(3);
  const queue = new RelayQueue();
  const pushed: RelayedPacket[] = [];
  const popped: RelayedPacket[] = [];
  for (let now = 0; now < 2000; now += 1) {
    for (let packet = queue.pop(now); packet !== null; packet = queue.pop(now)) {
      expect(packet.at).toBeLessThanOrEqual(now);
      popped.push(packet);
    }
    expect(queue.nextAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    const packet = { at: now + 1 + Math.floor(random() * 40), out: 0, bytes: new Uint8Array([pushed.length]) };
    pushed.push(packet);
    queue.push(packet);
  }
  while (queue.nextAt !== null) popped.push(queue.pop(queue.nextAt) as RelayedPacket);
  expect(queue.pop(Number.POSITIVE_INFINITY)).toBeNull();
  expect(popped).toEqual(pushed.toSorted((a, b) => a.at - b.at));
});
