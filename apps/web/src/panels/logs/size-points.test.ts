import { type LogPeer, sizeClassBounds, sizeClassOf } from "@mxray/contracts";
import { expect, test } from "vitest";
import { sizePoints } from "./size-points.ts";

const tally = (bytes: number, counts: Partial<LogPeer["sizes"][number]>): LogPeer["sizes"][number] => ({
  class: sizeClassOf(bytes),
  sent: 0,
  sentSince: 0,
  stalled: 0,
  attempts: 0,
  episodes: 0,
  recovered: 0,
  ...counts,
});

test("deliveries from before the first stall are points of their own", () => {
  const sizes = [tally(500, { sent: 10, sentSince: 4 }), tally(30_000, { sent: 6, stalled: 3 })];
  expect(sizePoints({ sizes, firstStalled: "2026-11-28T09:39:00.000Z" }).map(({ outcome, count }) => [outcome, count])).toEqual([
    ["delivered", 4],
    ["before", 6],
    ["before", 6],
    ["stalled", 3],
  ]);
});

test("of a peer that never stalled all deliveries count, each within the bounds of its class", () => {
  const [point] = sizePoints({ sizes: [tally(20_810, { sent: 7 })], firstStalled: null });
  expect(point).toMatchObject({ ...sizeClassBounds(sizeClassOf(20_810)), outcome: "delivered", count: 7 });
});
