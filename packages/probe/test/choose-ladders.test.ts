import { expect, test } from "vitest";
import { chooseLadders } from "../src/probe-target.ts";

const hosts = (names: number, addresses = 1) =>
  Array.from({ length: names * addresses }, (_, index) => ({
    name: `mx${Math.floor(index / addresses)}.test`,
    address: `192.0.2.${index}`,
    family: 4 as const,
    port: 25,
    preference: index,
  }));
const chosen = (all: ReturnType<typeof hosts>, round?: number) =>
  [...chooseLadders(all, round === undefined ? {} : { round })].map(({ address }) => Number(address.split(".")[3]));

test("the preferred hosts, one address of each, at most four", () => {
  expect(chosen(hosts(2))).toEqual([0, 1]);
  expect(chosen(hosts(6))).toEqual([0, 1, 2, 3]);
  expect(chosen(hosts(2, 3))).toEqual([0, 3]);
});

test("all of them on request", () => {
  expect([...chooseLadders(hosts(6, 2), { allAddresses: true })]).toHaveLength(12);
});

test.each([
  [2, 1, 1],
  [6, 1, 2],
  [10, 1, 3],
  [7, 3, 6],
  [1, 5, 5],
])("of %d hosts with %d addresses each, %d rounds come to every one", (names, addresses, rounds) => {
  const all = hosts(names, addresses);
  const seen = new Set(Array.from({ length: rounds }, (_, round) => chosen(all, round)).flat());
  expect(seen.size).toBe(names * addresses);
});
