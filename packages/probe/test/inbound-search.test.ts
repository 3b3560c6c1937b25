import { describe, expect, test } from "vitest";
import { ChanceHandshakes, type Wire } from "../bench/chance-handshake.ts";
import { type InboundTrial, searchInbound } from "../src/path/inbound-search.ts";
import type { HandshakePatience } from "../src/session/handshake-watch.ts";

const TOP = 1500;
/** Four full-size segments and a small one. */
const LONG_FLIGHT = 6400;
const STALLED: InboundTrial = { outcome: "stalled", ms: 700, outOfOrder: 1 };
const RUNS = 1000;
/** So many of the runs, and three standard deviations more. */
const atMost = (share: number) => RUNS * share + 3 * Math.sqrt(RUNS * share);

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

interface Trial {
  (mss: number, patience: HandshakePatience): InboundTrial;
  /** Of the dialogue around the handshakes. */
  readonly replies?: { readonly sent: number; readonly lost: number };
}

async function search(trial: Trial, likely: number | null = null, family: 4 | 6 = 4) {
  let trials = 0;
  // The headers of IPv6 are larger; the handshakes reckon with those of IPv4.
  const wider = family === 4 ? 0 : 20;
  const { replies } = trial;
  const found = await searchInbound({
    ...(replies === undefined ? {} : { replies: () => replies }),
    family,
    top: TOP,
    likely,
    stalled: trial(TOP - 40, "patient"),
    aborted: () => false,
    trial: async (mss, _quickest, patience) => {
      trials += 1;
      return trial(mss + wider, patience);
    },
  });
  return { ...found, connections: trials };
}

function handshakes(wire: Wire, flight = LONG_FLIGHT): Trial {
  const all = new ChanceHandshakes(wire, { flight, selective: true });
  return Object.assign((mss: number, patience: HandshakePatience) => all.trial(mss, patience), { replies: all.replies });
}

const hole =
  (mtu: number, loss = 0, random = Math.random): Wire =>
  (size) =>
    size <= mtu && random() >= loss;

/** Of searches that follow a handshake that stalled. */
async function confidences(trialOf: (random: () => number) => Trial) {
  const random = randomFrom(12);
  const counts = { proven: 0, likely: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const trial = trialOf(random);
    let first = trial(TOP - 40, "patient");
    for (let each = 0; each < 200 && first.outcome !== "stalled"; each += 1) first = trial(TOP - 40, "patient");
    let asked = false;
    const afterFirst = (mss: number, patience: HandshakePatience) => {
      if (asked) return trial(mss, patience);
      asked = true;
      return first;
    };
    const { confidence } = await search(Object.assign(afterFirst, trial));
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
        const found = await search(handshakes(hole(mtu)), null, family);
        expect(found, `MTU ${mtu}`).toMatchObject({ verdict: "black-hole", mtu, exact: true });
        expect(found.confidence, `MTU ${mtu}`).not.toBeNull();
        expect(found.connections).toBeLessThanOrEqual(10);
        if (found.confidence === "proven") proven += 1;
      }
      expect(proven).toBeGreaterThanOrEqual(family === 4 ? 210 : 200);
    },
  );

  test.each([1280, 1337, 1387, 1400, 1420, 1492])("of %i bytes: proven", async (mtu) => {
    expect(await search(handshakes(hole(mtu)))).toMatchObject({ mtu, exact: true, confidence: "proven" });
  });

  test("says of a smaller MTU that it is a bound, where it is not exact, and never more than passes", async () => {
    for (let mtu = 576; mtu < 1280; mtu += 1) {
      const found = await search(handshakes(hole(mtu)));
      expect(found.verdict).toBe("black-hole");
      if (found.exact) expect(found.mtu).toBe(mtu);
      else expect(found.mtu).toBeLessThanOrEqual(mtu);
      if (!found.exact) expect(found.reason).toContain(`packets of at least ${found.mtu} bytes pass`);
    }
  });

  test.each([576, 713, 1006, 1337])("with %i on the way there as a hint: exact and proven in at most nine connections", async (mtu) => {
    const found = await search(handshakes(hole(mtu)), mtu);
    expect(found).toMatchObject({ mtu, exact: true, confidence: "proven" });
    expect(found.connections).toBeLessThanOrEqual(9);
  });

  test.each([0.05, 0.1, 0.2])("finds a hole where %f of all packets are lost besides, and is nearly always sure enough", async (loss) => {
    const random = randomFrom(3);
    let sure = 0;
    for (let run = 0; run < 200; run += 1) {
      const found = await search(handshakes(hole(1280 + run, loss, random)));
      if (found.confidence === "proven" || found.confidence === "likely") sure += 1;
    }
    expect(sure).toBeGreaterThanOrEqual(180);
  });

  test("a packet that arrives out of order refutes the sizes below it, whatever became of its handshake", async () => {
    const trial: Trial = (mss) =>
      mss + 40 > 1400
        ? { ...STALLED, losses: 3, repeated: { whole: 1, first: 3 }, largest: mss + 40 === TOP ? 1452 : null }
        : { outcome: "arrived", ms: 50, outOfOrder: 0, received: LONG_FLIGHT, large: { arrived: 4, late: 0 } };
    expect((await search(trial)).mtu).toBeGreaterThanOrEqual(1452);
    const refuted: Trial = (mss, patience) => ({ ...trial(mss, patience), largest: mss + 40 });
    expect(await search(refuted)).toMatchObject({ verdict: "lossy", confidence: null });
  });

  test("segments that may have arrived unseen are no losses", async () => {
    const trial = handshakes(hole(1400));
    expect(await search(trial)).toMatchObject({ mtu: 1400, confidence: "proven" });
    expect(await search((mss, patience) => ({ ...trial(mss, patience), unseen: true }))).toMatchObject({
      mtu: 1400,
      exact: true,
      confidence: "likely",
    });
  });

  test.each([
    [0, 0.05],
    [0, 0.2],
    [0, 0.5],
    [1000, 0.1],
    [1000, 0.3],
    [1000, 0.7],
    [1000, 0.8],
  ])("blames no size when handshakes above %i bytes stall by chance, at a rate of %f", async (cut, rate) => {
    const counts = await confidences((random) => (mss) => {
      return mss + 40 > cut && random() < rate ? STALLED : { outcome: "arrived", ms: 50, outOfOrder: 0 };
    });
    expect(counts.proven).toBe(0);
    expect(counts.likely).toBeLessThanOrEqual(RUNS * 0.01);
  });

  describe.each([2300, 3700, 4800, LONG_FLIGHT])("of flights of %i bytes", (flight) => {
    test.each([
      [0, 0.1],
      [0, 0.3],
      [0, 0.5],
      [1000, 0.3],
      [1000, 0.5],
      [1000, 0.7],
      [1000, 0.8],
      [1400, 0.8],
    ])("blames no size when segments above %i bytes are lost by chance, at a rate of %f", async (cut, rate) => {
      const counts = await confidences((random) => handshakes((size) => size <= cut || random() >= rate, flight));
      expect(counts.proven).toBeLessThanOrEqual(atMost(0.001));
      expect(counts.likely).toBeLessThanOrEqual(atMost(0.01));
    });
  });
});
