import { SIZE_CLASSES } from "@mxray/contracts";
import { expect, test } from "vitest";
import { randomNumbers } from "../bench/realistic-log.ts";
import { COUNTS, SizeTallies } from "../src/statistics/size-tallies.ts";

const PEERS = 500;

test("counts what a map of maps counts, over 200,000 additions, and after half of the peers were dropped", () => {
  const tallies = new SizeTallies();
  const model = new Map<string, number>();
  const random = randomNumbers(3);
  const whole = (below: number) => Math.floor(random() * below);
  const kinds = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
  const count = () => {
    const [peer, sizeClass, kind] = [whole(PEERS) * 31, whole(SIZE_CLASSES), kinds[whole(kinds.length)] ?? "sent"];
    tallies.add(peer, sizeClass, COUNTS[kind]);
    const key = `${peer} ${sizeClass} ${kind}`;
    model.set(key, (model.get(key) ?? 0) + 1);
  };
  const counted = () => {
    const all = new Map<string, number>();
    for (const [peer, sizes] of tallies.of(new Set(Array.from({ length: PEERS }, (_, peer) => peer * 31)))) {
      expect(sizes.map((size) => size.class)).toEqual([...new Set(sizes.map((size) => size.class))].sort((a, b) => a - b));
      for (const { class: sizeClass, ...counts } of sizes)
        for (const kind of kinds) if (counts[kind] > 0) all.set(`${peer} ${sizeClass} ${kind}`, counts[kind]);
    }
    return all;
  };

  for (let turn = 0; turn < 100_000; turn += 1) count();
  expect(counted()).toEqual(model);

  const kept = new Set(Array.from({ length: PEERS / 2 }, (_, peer) => peer * 62));
  tallies.keep(kept);
  for (const key of model.keys()) if (!kept.has(Number(key.split(" ")[0]))) model.delete(key);
  expect(counted()).toEqual(model);
  for (let turn = 0; turn < 100_000; turn += 1) count();
  expect(counted()).toEqual(model);
});
