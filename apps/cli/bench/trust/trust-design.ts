/**
 * The random design of the trust benchmark: clean paths of every kind that is known to be mistaken for a hole, and holes of
 * any MTU, place, direction and peer. Pure: the same seed gives the same cases.
 */
import { type RelayConditions, type RelayPlan, seededRandom } from "@mxray/lab";
import type { CleanClass, HoleClass, Narrowing, TrustCase } from "./trust-case.ts";

/** Cases of each class, out of 500 clean paths and of 300 holes. */
const CLEAN_SHARES: readonly (readonly [CleanClass, number])[] = [
  ["random loss", 90],
  ["bursts", 80],
  ["large packets lost at times", 70],
  ["policed", 50],
  ["shaped", 45],
  ["reordered", 40],
  ["duplicated", 30],
  ["slow", 40],
  ["tiny windows", 20],
  ["host settings", 20],
  ["hashed", 15],
];
const HOLE_SHARES: readonly (readonly [HoleClass, number])[] = [
  ["outbound", 90],
  ["inbound", 60],
  ["both ways", 60],
  ["two links", 40],
  ["reported", 25],
  ["reported at times", 25],
];
const PEERS = ["healthy-tls", "large-certificate", "strict"] as const;
const USUAL_MTUS = [1492, 1480, 1476, 1472, 1460, 1454, 1450, 1440, 1430, 1420, 1400, 1380, 1350, 1337, 1300, 1280] as const;

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    // The first numbers of neighbouring seeds are alike.
    for (let skipped = 0; skipped < 8; skipped += 1) this.#random();
  }

  between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T;
  }
}

/** `clean` and `holes` cases in the design's proportions, in an order that any beginning of keeps. */
export function trustDesign(seed: number, clean: number, holes: number): TrustCase[] {
  const cleanClasses = spread(CLEAN_SHARES, clean);
  const holeClasses = spread(HOLE_SHARES, holes);
  return [
    ...cleanClasses.map((name, index) => cleanCase(name, seed * 10_000 + index)),
    ...holeClasses.map((name, index) => holeCase(name, seed * 10_000 + 5000 + index)),
  ];
}

/** Each class as often as its share asks for, evenly over the list. */
function spread<T>(shares: readonly (readonly [T, number])[], count: number): T[] {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  const given = new Map<T, number>();
  return Array.from({ length: count }, (_, index) => {
    const [next] = shares.toSorted(
      ([a, shareOfA], [b, shareOfB]) =>
        (shareOfB * (index + 1)) / total - (given.get(b) ?? 0) - ((shareOfA * (index + 1)) / total - (given.get(a) ?? 0)),
    );
    const chosen = (next as readonly [T, number])[0];
    given.set(chosen, (given.get(chosen) ?? 0) + 1);
    return chosen;
  });
}

function cleanCase(name: CleanClass, seed: number): TrustCase {
  const dice = new Dice(seed);
  const family = dice.chance(0.35) ? 6 : 4;
  const base: TrustCase = {
    kind: "clean",
    class: name,
    seed,
    family,
    peer: dice.of(PEERS),
    relay: {},
    narrow: [],
    faults: [],
    client: {},
    server: {},
    hole: { outbound: null, inbound: null },
    reported: null,
  };
  const delay = { delayMs: dice.between(0, 40), jitterMs: dice.chance(0.3) ? dice.between(0, 8) : 0 };
  const relayed = (conditions: RelayConditions): TrustCase => ({
    ...base,
    relay: eitherWay(dice, { ...delay, ...conditions }, delay, seed),
  });
  switch (name) {
    case "random loss":
      return relayed({ loss: dice.between(0.01, 0.3) });
    case "bursts": {
      const shortest = dice.between(50, 400);
      return relayed({ bursts: { goodMs: dice.between(300, 4000), outageMs: [shortest, dice.between(shortest, 800)] } });
    }
    case "large packets lost at times":
      return relayed({ largeLoss: { above: dice.whole(500, 1300), share: dice.between(0.1, 0.7) } });
    case "policed":
      return relayed({ police: { rate: dice.between(20_000, 200_000), burst: dice.whole(3000, 30_000) } });
    case "shaped":
      return relayed({ shape: { rate: dice.between(30_000, 400_000), queue: dice.whole(8000, 100_000) } });
    case "reordered":
      return relayed({ reorder: { share: dice.between(0.02, 0.4), lateMs: dice.between(1, 40) } });
    case "duplicated":
      return relayed({ duplicates: dice.between(0.02, 0.5) });
    case "slow":
      return { ...base, relay: { outbound: { delayMs: dice.between(50, 200) }, inbound: { delayMs: dice.between(50, 200) }, seed } };
    case "tiny windows": {
      const bytes = dice.whole(2304, 8192);
      return { ...base, server: { "net.ipv4.tcp_rmem": `${bytes} ${bytes} ${bytes}` } };
    }
    case "host settings":
      return { ...base, client: dice.of(HOST_SETTINGS) };
    case "hashed": {
      const mtu = dice.of(USUAL_MTUS);
      const fault = { kind: "drop-larger", size: mtu, direction: "outbound", hashed: true } as const;
      return { ...base, faults: [{ router: 1, fault }] };
    }
  }
}

const HOST_SETTINGS = [
  { "net.ipv4.tcp_mtu_probing": "1" },
  { "net.ipv4.tcp_mtu_probing": "2" },
  { "net.ipv4.ip_no_pmtu_disc": "1" },
  { "net.ipv4.tcp_sack": "0" },
  { "net.ipv4.tcp_timestamps": "0" },
] as const;

/** One way, the other, or both; the way that is spared has the delay all the same. */
function eitherWay(dice: Dice, conditions: RelayConditions, spared: RelayConditions, seed: number): RelayPlan {
  const way = dice.of(["outbound", "inbound", "both"] as const);
  return { outbound: way === "inbound" ? spared : conditions, inbound: way === "outbound" ? spared : conditions, seed };
}

function holeCase(name: HoleClass, seed: number): TrustCase {
  const dice = new Dice(seed);
  const family = dice.chance(0.35) ? 6 : 4;
  const mtu = mtuOf(dice, family);
  const narrow = narrowings(name, dice, mtu);
  const reports = name === "reported" || name === "reported at times";
  const away = (direction: "outbound" | "inbound") => narrow.filter((one) => one.direction === direction || one.direction === "both");
  const least = (ones: readonly Narrowing[]) => (ones.length === 0 ? null : ones.reduce((a, b) => (b.mtu < a.mtu ? b : a)));
  const out = least(away("outbound"));
  const back = least(away("inbound"));
  const light = dice.chance(0.3) ? { loss: dice.between(0.005, 0.05) } : {};
  const conditions = { delayMs: dice.between(0, 30), ...light };
  return {
    kind: "hole",
    class: name,
    seed,
    family,
    // The way back is only measured by an answer that fills packets.
    peer: back === null ? dice.of(["healthy-tls", "large-certificate"] as const) : "large-certificate",
    relay: dice.chance(0.6) ? { outbound: conditions, inbound: conditions, seed } : {},
    narrow,
    faults: icmpFaults(name, narrow, dice),
    client: {},
    server: {},
    hole: {
      outbound: reports || out === null ? null : { mtu: out.mtu, link: out.link },
      inbound: reports || back === null ? null : back.mtu,
    },
    reported: reports ? (out?.mtu ?? null) : null,
  };
}

function mtuOf(dice: Dice, family: 4 | 6): number {
  const least = family === 6 ? 1280 : 700;
  return dice.chance(0.5) ? dice.of(USUAL_MTUS) : dice.whole(dice.chance(0.8) ? 1280 : least, 1495);
}

/** Link 0 is the client's own; 1 and 2 have routers at both ends. */
function narrowings(name: HoleClass, dice: Dice, mtu: number): Narrowing[] {
  const silentSwitch = dice.chance(0.25);
  switch (name) {
    case "outbound":
      return [{ link: dice.whole(1, 2), mtu, direction: "outbound", silentSwitch }];
    case "inbound":
      return [{ link: dice.whole(1, 2), mtu, direction: "inbound", silentSwitch }];
    case "both ways":
      return [{ link: dice.whole(1, 2), mtu, direction: "both", silentSwitch }];
    case "two links":
      return [
        { link: 1, mtu: Math.min(1499, mtu + dice.whole(4, 120)), direction: "both", silentSwitch: false },
        { link: 2, mtu, direction: "both", silentSwitch: false },
      ];
    case "reported":
    case "reported at times":
      return [{ link: dice.whole(1, 2), mtu, direction: "outbound", silentSwitch: false }];
  }
}

/** Where the message that would report the link is lost. */
function icmpFaults(name: HoleClass, narrow: readonly Narrowing[], dice: Dice): TrustCase["faults"] {
  const fragments = dice.chance(0.2) ? [{ router: 2, fault: { kind: "drop-fragments" } as const }] : [];
  switch (name) {
    case "reported":
      return [];
    case "reported at times":
      return [{ router: 0, fault: { kind: "drop-frag-needed", percent: dice.whole(20, 80) } }];
    case "two links": {
      // The first link reports itself in half of the cases: only the router before the second sends nothing.
      const all = dice.chance(0.5);
      const silent = all ? [0, 1, 2] : [1, 2];
      return [...silent.map((router) => ({ router, fault: { kind: "drop-frag-needed" } as const })), ...fragments];
    }
    case "outbound":
    case "inbound":
    case "both ways":
      return narrow.some((one) => one.silentSwitch)
        ? []
        : [...[0, 1, 2].map((router) => ({ router, fault: { kind: "drop-frag-needed" } as const })), ...fragments];
  }
}
