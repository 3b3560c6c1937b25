/** Random networks with one bad link: what is named always holds it, and it is named where the evidence allows. */
import { expect, test } from "vitest";
import { commonSpans, type LaidPath } from "../src/vantages/common-span.ts";
import { Seeded } from "./seeded.ts";

interface Network {
  readonly chance: Seeded;
  /** Next node of each on the way to the host, which is node 0. */
  readonly next: readonly number[];
  readonly vantages: readonly number[];
  /** The link from this node to the next one loses large packets. */
  readonly bad: number;
}

interface Walk extends LaidPath {
  /** The node of each station. */
  readonly nodes: readonly number[];
}

function randomNetwork(seed: number): Network {
  const chance = new Seeded(seed);
  const size = 4 + chance.below(12);
  // Near the previous node, so that paths are long enough to share something.
  const routers = Array.from({ length: size }, (_, node) => (node === 0 ? 0 : Math.max(0, node - 1 - chance.below(3))));
  const attached = Array.from({ length: 2 + chance.below(4) }, () => 1 + chance.below(size - 1));
  const next = [...routers, ...attached];
  const vantages = attached.map((_, index) => size + index);
  const used = vantages.flatMap((vantage) => [vantage, ...wayOf(next, vantage)]).filter((node) => node !== 0);
  return { chance, next, vantages, bad: chance.pick(used) };
}

function wayOf(next: readonly number[], from: number): number[] {
  const way = [];
  for (let node = from; node !== 0; node = next[node] ?? 0) way.push(next[node] ?? 0);
  return way;
}

/** A router answers from the interface by which the packet comes in; `silent` of 100 do not answer. */
function walk({ chance, next, bad }: Network, vantage: number, { silent = 0, search = false } = {}): Walk {
  const nodes = [vantage, ...wayOf(next, vantage)];
  const stations = nodes.map((node, at) => {
    if (at === 0) return `vantage ${node}`;
    if (node === 0) return "host";
    return chance.below(100) < silent ? null : `${node} from ${nodes[at - 1]}`;
  });
  const at = nodes.indexOf(bad);
  const loses = at !== -1;
  return { nodes, stations, fate: loses ? "loses" : "passes", ...(loses && search ? { lostBetween: [at, at + 1] as const } : {}) };
}

function namedLinks(walks: readonly Walk[]): string[] {
  return commonSpans(walks).flatMap(({ path, from, to }) => {
    const nodes = walks[path]?.nodes ?? [];
    return Array.from({ length: to - from }, (_, step) => `${nodes[from + step]} to ${nodes[from + step + 1]}`);
  });
}

const SEEDS = Array.from({ length: 400 }, (_, seed) => seed);

test.each([{ silent: 0 }, { silent: 25 }, { silent: 60 }])(
  "with $silent of 100 routers silent, what remains holds the bad link",
  (options) => {
    for (const seed of SEEDS) {
      const network = randomNetwork(seed);
      const walks = network.vantages.map((vantage) => walk(network, vantage, options));
      const { bad, next } = network;
      expect(namedLinks(walks), `seed ${seed}`).toContain(`${bad} to ${next[bad]}`);
    }
  },
);

test("where every router answers, what remains is on every failing path", () => {
  for (const seed of SEEDS) {
    const network = randomNetwork(seed);
    const walks = network.vantages.map((vantage) => walk(network, vantage));
    const failing = walks.filter(({ fate }) => fate === "loses");
    for (const link of namedLinks(walks)) {
      // The last station alone has one address on every way into it.
      if (link.endsWith(" to 0")) continue;
      const [near, far] = link.split(" to ").map(Number);
      const shares = failing.filter(({ nodes }) => nodes.some((node, at) => node === near && nodes[at + 1] === far));
      expect(shares.length, `seed ${seed}, link ${link}`).toBe(failing.length);
    }
  }
});

test("one search of hops on one failing path is enough to name the link; on none, a moved fault moves what is named", () => {
  for (const seed of SEEDS) {
    const network = randomNetwork(seed);
    const walks = network.vantages.map((vantage) => walk(network, vantage));
    const found = walks.findIndex(({ fate }) => fate === "loses");
    const searched = walks.with(found, walk(network, network.vantages[found] ?? 0, { search: true }));
    expect(namedLinks(searched), `seed ${seed}`).toEqual([`${network.bad} to ${network.next[network.bad]}`]);
    const moved = { ...network, bad: network.next[network.bad] ?? 0 };
    if (moved.bad === 0) continue;
    const again = moved.vantages.map((vantage) => walk(moved, vantage));
    expect(namedLinks(again), `seed ${seed}`).toContain(`${moved.bad} to ${moved.next[moved.bad]}`);
  }
});

const A: LaidPath = { fate: "loses", stations: ["vantage a", "r1 from a", "r2 from r1", "r3 from r2", "host"] };
const B: LaidPath = { fate: "loses", stations: ["vantage b", "r1 from b", "r2 from r1", "r3 from r2", "host"] };
const C: LaidPath = { fate: "passes", stations: ["vantage c", "r2 from c", "r3 from r2", "host"] };

test("what failing paths share and a working one does not have is left", () => {
  expect(commonSpans([A, B, C])).toEqual([{ path: 0, from: 1, to: 3 }]);
  expect(commonSpans([A, B])).toEqual([{ path: 0, from: 1, to: 4 }]);
  expect(commonSpans([{ ...A, lostBetween: [1, 2] }, B, C])).toEqual([{ path: 0, from: 1, to: 2 }]);
});

test("paths that contradict one fault, or do not fail, leave nothing", () => {
  expect(commonSpans([{ ...A, lostBetween: [0, 1] }, B])).toEqual([]);
  expect(
    commonSpans([
      { ...A, lostBetween: [2, 3] },
      { ...A, fate: "passes" },
    ]),
  ).toEqual([]);
  expect(commonSpans([{ ...A, fate: "passes" }, C])).toEqual([]);
  expect(commonSpans([])).toEqual([]);
});
