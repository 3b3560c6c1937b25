/** What every engine of the store must do with its days: they say what the counts say, whatever the range, and however old the counts are. */
import { isBot, type LogCount, type LogMeasure } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { LogFilter, Store } from "../src/index.ts";
import { count, DAY, logSteps, peer, START } from "./log-suite-data.ts";

const MIDNIGHT = START - (START % DAY);
const MEASURES: readonly LogMeasure[] = [
  "sent",
  "recovered",
  "again",
  "deferred",
  "bounced",
  "broken",
  "expired",
  "pix",
  "line bot",
  "line short-session",
  "line slow-session",
  "timeout end-of-data",
  "loss body",
  "loss greeting",
  "timeout mail",
  "received",
];
const OF_CLIENTS: readonly LogMeasure[] = ["line bot", "line short-session"];
/** What is tidied early is of peers without these. */
const IN_CONTENT: readonly LogMeasure[] = ["timeout end-of-data", "loss body"];
const QUIET = 6;
const PEERS = 12;
const BATCHES = 12;
const RANGES = 12;

/** The same numbers below `limit` in each run. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export function peerDaySuite(store: () => Store): void {
  const { source, commit } = logSteps(store);

  /** From the counts themselves, since these have sizes and notes, and from the days. */
  async function compare(filter: LogFilter): Promise<void> {
    const { logs } = store();
    const { peers } = await logs.statistics(filter);
    const counted = peers.filter((one) => one.stalled > 0 && !isBot(one));
    const shown = (rows: readonly { address: string | null; direction: string; stalled: number; attempts: number }[]) =>
      rows.map(({ address, direction, stalled, attempts }) => `${address} ${direction} ${stalled} ${attempts}`).sort();
    const ofDays = await logs.worstPeers(filter, 100);
    expect(shown(ofDays), JSON.stringify(filter)).toEqual(
      shown(counted.map((one) => ({ ...one, attempts: one.sent + one.failed + one.expired }))),
    );
    // Ranked by the days, then added up by the counts.
    const [few, all] = [await logs.statistics(filter, 3), peers.slice(0, 3)];
    expect(few.peers.map(({ address, stalled, sent }) => [address, stalled, sent])).toEqual(
      all.map(({ address, stalled, sent }) => [address, stalled, sent]),
    );
    expect(few.peersLeftOut).toBe(peers.length - few.peers.length);
  }

  async function compareRanges(number: (limit: number) => number): Promise<void> {
    const at = () => {
      const step = [DAY, 3600, 60][number(3)] ?? DAY;
      return MIDNIGHT - 4 * DAY + number((10 * DAY) / step) * step;
    };
    for (let range = 0; range < RANGES; range += 1) {
      const [from = 0, to = 0] = [at(), at()].sort((a, b) => a - b);
      const direction = [{}, { direction: "inbound" }, { direction: "outbound" }][number(3)] as Partial<LogFilter>;
      await compare({ from, to, ...direction });
    }
    await compare({ from: 0, to: MIDNIGHT + 500 * DAY });
  }

  it("adds days up to what their counts add up to, also where some were taken back, and where they were tidied", async () => {
    const number = numbersFrom(7);
    const { id } = await source();
    const peers = Array.from({ length: PEERS }, (_, index) =>
      peer({ name: null, address: `192.0.2.${index}`, ...(index % 2 === 0 ? {} : { direction: "inbound", port: null }) }),
    );
    const committed: LogCount[] = [];
    for (let revision = 0; revision < BATCHES; revision += 1) {
      const counts = Array.from({ length: 30 }, () => {
        const start = MIDNIGHT + number(4 * 1440) * 60;
        const one = number(PEERS);
        const left = [...(one % 2 === 0 ? OF_CLIENTS : []), ...(one < QUIET ? IN_CONTENT : [])];
        const measures = MEASURES.filter((measure) => !left.includes(measure));
        const measure = measures[number(measures.length)] ?? "sent";
        return count(measure, { start, peer: peers[one] ?? null, count: 1 + number(4), least: start, most: start });
      });
      // Some of what an earlier batch counted, whole or in part.
      const back = committed.splice(0, 4).map((one) => ({ ...one, count: number(2) === 0 ? -1 : -one.count }));
      await commit(id, revision, { counts: [...counts, ...back] });
      committed.push(...counts);
    }
    await compareRanges(number);
    for (const days of [1, 3, 5, 12, 15, 40, 80]) {
      await store().logs.tidy(MIDNIGHT + days * DAY + 5000, 400);
      await compareRanges(number);
    }
    await store().logs.tidy(MIDNIGHT + 500 * DAY, 400);
    expect(await store().logs.worstPeers({ from: 0, to: MIDNIGHT + 500 * DAY }, 10)).toEqual([]);
  });
}
