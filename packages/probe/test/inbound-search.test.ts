import { describe, expect, test } from "vitest";
import { type InboundTrial, searchInbound } from "../src/path/inbound-search.ts";

const TOP = 1500;
const FLIGHT = 4500;
const STALLED: InboundTrial = { outcome: "stalled", ms: 700, outOfOrder: 1 };
const RUNS = 1000;

/** Deterministic random numbers (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function search(trial: (packet: number) => InboundTrial, likely: number | null = null, family: 4 | 6 = 4, stalled = STALLED) {
  let trials = 0;
  const headers = family === 4 ? 40 : 60;
  const found = await searchInbound({
    family,
    top: TOP,
    likely,
    stalled,
    aborted: () => false,
    trial: async (mss) => {
      trials += 1;
      return trial(mss + headers);
    },
  });
  return { ...found, connections: trials };
}

/** Segments of the flight larger than `cut` are lost at this rate; one that is lost four times in a row stalls the handshake. */
function lossy(cut: number, rate: number, random: () => number) {
  return (packet: number): InboundTrial => {
    const full = Math.floor(FLIGHT / (packet - 52));
    const tries = Array.from({ length: full }, () => {
      let lost = 0;
      while (lost < 4 && packet > cut && random() < rate) lost += 1;
      return lost;
    });
    const late = tries.filter((lost) => lost > 0).length;
    return tries.includes(4) ? { ...STALLED, losses: 3 } : { outcome: "arrived", ms: 50, outOfOrder: late, large: { arrived: full, late } };
  };
}

async function confidences(trialOf: (random: () => number) => (packet: number) => InboundTrial) {
  const random = randomFrom(12);
  const counts = { proven: 0, likely: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const { confidence } = await search(trialOf(random));
    if (confidence === "proven" || confidence === "likely") counts[confidence] += 1;
  }
  return counts;
}

describe("the search on the way back", () => {
  test.each([4, 6] as const)(
    "is exact for every MTU from 1280 over IPv%i, and proven for nearly all, in ten connections",
    async (family) => {
      let proven = 0;
      for (let mtu = 1280; mtu < TOP; mtu += 1) {
        const found = await search(lossy(mtu, 1, Math.random), null, family, { ...STALLED, losses: 3 });
        expect(found, `MTU ${mtu}`).toMatchObject({ verdict: "black-hole", mtu, exact: true });
        expect(found.connections).toBeLessThanOrEqual(10);
        if (found.confidence === "proven") proven += 1;
      }
      expect(proven).toBeGreaterThanOrEqual(family === 4 ? 205 : 180);
    },
  );

  test("says of a smaller MTU that it is a bound, where it is not exact, and never more than passes", async () => {
    for (let mtu = 576; mtu < 1280; mtu += 1) {
      const found = await search(lossy(mtu, 1, Math.random));
      expect(found.verdict).toBe("black-hole");
      if (found.exact) expect(found.mtu).toBe(mtu);
      else expect(found.mtu).toBeLessThanOrEqual(mtu);
      if (!found.exact) expect(found.reason).toContain(`packets of at least ${found.mtu} bytes pass`);
    }
  });

  test.each([576, 713, 1006, 1337])("with %i on the way there as a hint: exact and proven in at most eight connections", async (mtu) => {
    const found = await search(lossy(mtu, 1, Math.random), mtu);
    expect(found).toMatchObject({ mtu, exact: true, confidence: "proven" });
    expect(found.connections).toBeLessThanOrEqual(8);
  });

  test.each([
    [0, 0.05],
    [0, 0.2],
    [0, 0.5],
    [1000, 0.1],
    [1000, 0.3],
    [1000, 0.7],
  ])("blames no size when handshakes above %i bytes stall by chance, at a rate of %f", async (cut, rate) => {
    const counts = await confidences((random) => (packet) => {
      return packet > cut && random() < rate ? STALLED : { outcome: "arrived", ms: 50, outOfOrder: 0 };
    });
    expect(counts.proven).toBe(0);
    expect(counts.likely).toBeLessThanOrEqual(RUNS * 0.01);
  });

  test.each([
    [0, 0.1],
    [0, 0.3],
    [1000, 0.3],
    [1000, 0.5],
  ])("blames no size when segments above %i bytes are lost by chance, at a rate of %f", async (cut, rate) => {
    const counts = await confidences((random) => lossy(cut, rate, random));
    expect(counts.proven).toBeLessThanOrEqual(RUNS * 0.001);
    expect(counts.likely).toBeLessThanOrEqual(RUNS * 0.01);
  });
});
