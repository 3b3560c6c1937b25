import type { Rung } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import type { LossMeter } from "../src/path/loss-meter.ts";
import { type CarriedRung, type RungCarrier, searchPath } from "../src/path/path-search.ts";
import type { SmallSegments } from "../src/path/path-statistics.ts";
import { type PathFacts, pathVerdict } from "../src/path/path-verdict.ts";
import type { HostContext } from "../src/session/host-context.ts";
import type { SmtpSession } from "../src/session/smtp-session.ts";

interface SimulatedPath {
  readonly mtu: number;
  /** Of the way that connections take which are asked to go elsewhere; default the same. */
  readonly mtuElsewhere?: number;
  readonly family: 4 | 6;
  /** Routers fragment what comes without DF. */
  readonly fragments: boolean;
  /** Of every packet, 0 to 1. */
  readonly loss: number;
  /** Further, of packets of more than 1000 bytes only. */
  readonly largeLoss?: number;
  /** Further, of a large packet with its retransmission at once, half the time also the one without DF: bursts. */
  readonly burst?: number;
  readonly random: () => number;
}

const TOP = 1500;
const NOOPS = 9;
const TAILS = 2;

interface SimulatedMeans {
  readonly connections: number;
  /** Nine, or no limit as in message data. */
  readonly perConnection: number;
}

/** Plays one path as the kernel reports it: a packet and its fast retransmission, tails, release. */
async function probePath(path: SimulatedPath, { connections, perConnection }: SimulatedMeans = { connections: 5, perConnection: NOOPS }) {
  const small = { sent: 0, lost: 0 };
  const ladder = perConnection === NOOPS ? "noop" : "data";
  const loss = (size: number) => 1 - (1 - path.loss) * (1 - (size > 1000 ? (path.largeLoss ?? 0) : 0));
  let mtu = path.mtu;
  const arrives = (size: number) => size <= mtu && path.random() >= loss(size);
  const countSmall = (segments: number) => {
    for (let i = 0; i < segments; i += 1) {
      small.sent += 1;
      if (path.random() < path.loss) small.lost += 1;
    }
  };
  let opened = 1;
  const session = {} as SmtpSession;
  Object.assign(session, { connection: { reset: () => undefined, close: () => undefined }, number: 1 });
  countSmall(1);
  const carrier: RungCarrier = {
    ladder,
    perConnection,
    largest: () => TOP,
    reopens: () => connections - opened,
    reopen: async (elsewhere) => {
      if (opened >= connections) return null;
      mtu = elsewhere ? (path.mtuElsewhere ?? path.mtu) : path.mtu;
      opened += 1;
      countSmall(1);
      return session;
    },
    offer: async (_session, size): Promise<CarriedRung> => {
      countSmall(TAILS);
      const burst = path.random() < (path.burst ?? 0);
      const first = burst || !arrives(size);
      const again = first && (burst || !arrives(size));
      const gone = !path.fragments && (burst || !arrives(size));
      const lost = again && (path.fragments || gone);
      const freed = size > mtu ? path.fragments : path.random() >= loss(size) && !(burst && path.random() < 0.5);
      const released = lost && path.family === 4 && freed;
      const outcome: Rung["outcome"] = released ? "released" : lost ? "stalled" : "acked";
      if (!lost) countSmall(2);
      const rung: Rung = {
        connection: opened,
        size,
        unit: "packet",
        ladder,
        outcome,
        ms: 1,
        retransmits: 0,
        at: 0,
        sacked: lost,
        tls: false,
        clampedMss: null,
      };
      return {
        rung,
        losses: lost ? (path.fragments ? 2 : 3) : first ? (again ? 2 : 1) : 0,
        usable: outcome !== "stalled",
        sentAway: false,
        trouble: null,
        resizedTo: null,
      };
    },
  };
  const context = { host: { family: path.family }, signal: new AbortController().signal } as HostContext;
  const meter = {
    get total(): SmallSegments {
      return small;
    },
  } as LossMeter;
  const search = await searchPath(context, carrier, session, meter);
  const facts: PathFacts = { family: path.family, localMtu: TOP, cachedMtu: null, peerMss: null, tcpMtuProbing: 0, blind: false };
  return { ...pathVerdict(search, small, facts), opened, offers: search.rungs.length };
}

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

describe("the path MTU search", () => {
  test("is exact and proven for every IPv4 MTU where routers fragment, within five connections", async () => {
    for (let mtu = 296; mtu < TOP; mtu += 1) {
      const found = await probePath({ mtu, family: 4, fragments: true, loss: 0, random: () => 0.5 });
      expect(found, `MTU ${mtu}`).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven" });
      expect(found.opened).toBeLessThanOrEqual(5);
    }
  });

  test.each([
    [4, true],
    [4, false],
    [6, false],
  ] as const)(
    "takes what confirms the size to other ways (IPv%i, fragmented: %s): a hole on one of two is none",
    async (family, fragments) => {
      for (const mtu of [1300, 1337, 1400, 1492]) {
        const means = { connections: 9, perConnection: fragments ? NOOPS : Number.POSITIVE_INFINITY };
        const found = await probePath({ mtu, mtuElsewhere: TOP, family, fragments, loss: 0, random: () => 0.5 }, means);
        // One connection is enough where it bears all rungs: then other ways are asked once the search is over.
        if (found.opened > 1 && found.rungs.some(({ connection, size, outcome }) => connection > 1 && size === TOP && outcome === "acked"))
          expect(found.verdict, `MTU ${mtu}`).not.toBe("black-hole");
        else expect(fragments, `MTU ${mtu}`).toBe(true);
      }
    },
  );

  test.each([
    [6, 1280, 7],
    [4, 296, 9],
  ] as const)("is exact and proven for every IPv%i MTU where each loss costs a connection", async (family, smallest, connections) => {
    const means = { connections, perConnection: Number.POSITIVE_INFINITY };
    for (let mtu = smallest; mtu < TOP - 1; mtu += 1) {
      const found = await probePath({ mtu, family, fragments: false, loss: 0, random: () => 0.5 }, means);
      expect(found, `MTU ${mtu}`).toMatchObject({ verdict: "black-hole", mtu, exact: true, confidence: "proven", release: "not-tried" });
    }
  });

  test("sends one packet down a clear path", async () => {
    expect(await probePath({ mtu: TOP, family: 4, fragments: true, loss: 0, random: () => 0.5 })).toMatchObject({
      verdict: "clear",
      mtu: TOP,
      offers: 1,
    });
  });

  const chances: [string, Partial<SimulatedPath>][] = [
    ...[0.02, 0.05, 0.1, 0.2, 0.3, 0.5].map((loss): [string, Partial<SimulatedPath>] => [`${loss * 100} % of all packets`, { loss }]),
    ...[0.1, 0.3, 0.5, 0.7].map((largeLoss): [string, Partial<SimulatedPath>] => [`${largeLoss * 100} % of large packets`, { largeLoss }]),
    ...[0.1, 0.2, 0.4].map((burst): [string, Partial<SimulatedPath>] => [`bursts that take ${burst * 100} % of large packets`, { burst }]),
  ];
  test.each(chances)("hardly ever blames size where chance takes %s", async (_name, chance) => {
    const random = randomFrom(42);
    const verdicts: Record<string, number> = {};
    for (let run = 0; run < 3000; run += 1) {
      const means = { connections: 9, perConnection: run % 3 === 0 ? NOOPS : Number.POSITIVE_INFINITY };
      const path: SimulatedPath = { mtu: TOP, family: run % 2 === 0 ? 4 : 6, fragments: run % 2 === 0, loss: 0, random, ...chance };
      const { verdict, confidence } = await probePath(path, means);
      const key = verdict === "black-hole" ? `black-hole ${confidence}` : verdict;
      verdicts[key] = (verdicts[key] ?? 0) + 1;
    }
    expect(verdicts["black-hole proven"] ?? 0).toBeLessThanOrEqual(3000 * 0.001);
    expect(verdicts["black-hole likely"] ?? 0).toBeLessThanOrEqual(3000 * 0.01);
  });

  test("sees a hole through 5 % random loss", async () => {
    const random = randomFrom(7);
    let sure = 0;
    for (let run = 0; run < 1000; run += 1) {
      const { verdict, mtu, confidence } = await probePath({ mtu: 1400, family: 4, fragments: true, loss: 0.05, random });
      if (verdict === "black-hole" && mtu === 1400 && confidence !== "suspected") sure += 1;
    }
    expect(sure).toBeGreaterThanOrEqual(950);
  });
});
