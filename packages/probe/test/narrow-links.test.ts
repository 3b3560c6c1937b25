import { expect, test } from "vitest";
import { searchHops } from "../src/hops/hop-search.ts";
import type { HopProber, HopReply } from "../src/ports.ts";

interface Link {
  readonly mtu: number;
  /** The router in front of it says so. */
  readonly reports: boolean;
}

const open: Link = { mtu: 1500, reports: true };
const TARGET = "203.0.113.1";

/** Link 0 leaves this machine; router k stands between links k - 1 and k; the target is behind the last link. */
function pathOf(links: readonly Link[], lost: (count: number) => boolean = () => false): HopProber & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    missing: null,
    asked,
    async udp({ ttl, size }): Promise<HopReply> {
      asked.push(size);
      if (lost(asked.length)) return { kind: "silent" };
      for (const [index, link] of links.entries()) {
        if (size > link.mtu)
          return link.reports ? { kind: "frag-needed", from: `192.0.2.${index}`, mtu: link.mtu, ms: 1 } : { kind: "silent" };
        if (index === links.length - 1) return { kind: "arrived", from: TARGET, ms: 1 };
        if (index + 1 === ttl) return { kind: "time-exceeded", from: `192.0.2.${ttl}`, ms: 1 };
      }
      return { kind: "silent" };
    },
    syn: async () => ({ kind: "silent" }),
  };
}

function search(prober: HopProber, mtu: number, loss = 0) {
  return searchHops({
    address: TARGET,
    family: 4,
    port: 25,
    sizes: [mtu + 1, 1500],
    loss,
    prober,
    clock: { timestamp: () => "", now: () => 0, sleep: async () => undefined },
    signal: new AbortController().signal,
  });
}

test("one silent link: where packets of the path MTU + 1 are lost", async () => {
  const { narrow, lostBetween } = await search(pathOf([open, open, { mtu: 1400, reports: false }, open]), 1400);
  expect(narrow).toEqual([{ mtu: 1400, between: [2, 3], icmp: "never" }]);
  expect(lostBetween).toMatchObject([{ ttl: 2, address: "192.0.2.2" }, { ttl: 3 }]);
});

test("a first link that reports its size, and a silent, smaller one behind it: both, in order, and the hole is at the second", async () => {
  const links = [open, { mtu: 1480, reports: true }, open, { mtu: 1400, reports: false }, open];
  const { narrow, lostBetween, fragNeededFrom } = await search(pathOf(links), 1400);
  expect(narrow).toEqual([
    { mtu: 1480, between: [1, 2], icmp: "came" },
    { mtu: 1400, between: [3, 4], icmp: "never" },
  ]);
  expect(lostBetween).toMatchObject([{ ttl: 3 }, { ttl: 4 }]);
  expect(fragNeededFrom).toBeNull();
});

test.each([1401, 1433, 1480, 1499])("two silent links: the first one's MTU of %d is found by bisection", async (mtu) => {
  const { narrow } = await search(pathOf([open, { mtu, reports: false }, { mtu: 1400, reports: false }, open]), 1400);
  expect(narrow).toEqual([
    { mtu, between: [1, 2], icmp: "never" },
    { mtu: 1400, between: [2, 3], icmp: "never" },
  ]);
});

test("three narrow links, each smaller than the one before", async () => {
  const links = [open, { mtu: 1492, reports: true }, { mtu: 1480, reports: false }, open, { mtu: 1300, reports: false }, open];
  const { narrow } = await search(pathOf(links), 1300);
  expect(narrow).toEqual([
    { mtu: 1492, between: [1, 2], icmp: "came" },
    { mtu: 1480, between: [2, 3], icmp: "never" },
    { mtu: 1300, between: [4, 5], icmp: "never" },
  ]);
});

test("a second link that is larger than the first cannot be seen, and is not named", async () => {
  const { narrow } = await search(pathOf([open, { mtu: 1400, reports: false }, { mtu: 1480, reports: false }, open]), 1400);
  expect(narrow).toEqual([{ mtu: 1400, between: [1, 2], icmp: "never" }]);
});

test("a message that comes for UDP is reported with the size that it names", async () => {
  const { narrow, fragNeededFrom } = await search(pathOf([open, { mtu: 1400, reports: true }, open]), 1400);
  expect(narrow).toEqual([{ mtu: 1400, between: [1, 2], icmp: "came" }]);
  expect(fragNeededFrom).toEqual({ address: "192.0.2.1", mtu: 1400 });
});

test("every third packet lost moves no link", async () => {
  const links = [open, open, { mtu: 1400, reports: false }, open];
  const { narrow } = await search(
    pathOf(links, (count) => count % 3 === 0),
    1400,
  );
  expect(narrow.at(-1)).toMatchObject({ mtu: 1400, between: [2, 3] });
});

test.each([
  [0.03, 2],
  [0.1, 3],
  [0.2, 5],
])("where %f of all packets are lost, chance may take %i large ones to the hop in front of the small link", async (loss, taken) => {
  const prober = pathOf([open, open, { mtu: 1400, reports: false }, open]);
  let left = taken;
  const unlucky: HopProber = {
    ...prober,
    udp: async (request) => {
      if (request.ttl !== 2 || request.size !== 1401 || left === 0) return await prober.udp(request);
      left -= 1;
      return { kind: "silent" };
    },
  };
  const { lostBetween, narrow } = await search(unlucky, 1400, loss);
  expect(lostBetween).toMatchObject([{ ttl: 2 }, { ttl: 3 }]);
  expect(narrow.at(-1)).toMatchObject({ mtu: 1400, between: [2, 3] });
});

test("the place is the machine's own link where not even the first router is reached", async () => {
  const { narrow, lostBetween } = await search(pathOf([{ mtu: 1400, reports: false }, open, open]), 1400);
  expect(narrow).toEqual([{ mtu: 1400, between: [0, 1], icmp: "never" }]);
  expect(lostBetween).toMatchObject([{ ttl: 0, address: null }, { ttl: 1 }]);
});
