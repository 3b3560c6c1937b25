/** A log that is followed in batches, however it is cut and whenever the process is killed, gives the numbers of one scan. */
import type { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogPeer, LogStatistics } from "@mxray/contracts";
import { LogBatcher, LogClock, LogReader, LogStatisticsCounter, timeZone } from "@mxray/maillog";
import { openStore, type Store } from "@mxray/store";
import { describe, expect, it } from "vitest";
import { randomNumbers, writeRealisticLog } from "../../../../packages/maillog/bench/realistic-log.ts";

const FIXTURES = new URL("../../../../packages/maillog/fixtures/", import.meta.url);
/** The journal is followed as JSON: its export format is for files, and has no lines to cut at. */
const NOT_FOLLOWED = "journal-export.synthetic.log";
/** syslog's "last message repeated" right after a restart is lost: the message it speaks of is not kept. */
const NO_RESTARTS = "repetitions.synthetic.log";
const EVER = { from: 0, to: 4_102_444_800 };

function clock(): LogClock {
  const zone = timeZone("UTC");
  if (zone === null) throw new Error("UTC is no zone.");
  return new LogClock({ zone, year: null, now: () => Date.UTC(2026, 10, 26, 12) });
}

function scanned(log: Buffer): LogStatistics {
  const counter = new LogStatisticsCounter();
  const reader = new LogReader(clock(), (entry, file, line) => counter.add(entry, file, line));
  reader.begin("mail.log");
  reader.push(log);
  reader.end();
  return counter.statistics();
}

/** In pieces that end at line ends, each committed; some are read by a process that knows only what the store has. */
async function followed(store: Store, log: Buffer, random: () => number, restarts = 0.2): Promise<LogStatistics> {
  const source = await store.logs.addSource("mail.log", "page", new Date(0).toISOString());
  if (source === null) throw new Error("The source is there already.");
  let [revision, offset, line] = [0, 0, 0];
  let life = await newLife(store, source.id, line);
  while (offset < log.length) {
    const wanted = offset + Math.floor(random() * 4000);
    const end = log.indexOf(10, Math.min(wanted, log.length - 1)) + 1 || log.length;
    life.reader.push(log.subarray(offset, end));
    if (end === log.length) life.reader.end();
    offset = end;
    const { lines, recognised } = life.reader.counts;
    const batch = life.batcher.take({ lines: lines - life.lines, recognised: recognised - life.recognised });
    Object.assign(life, { lines, recognised });
    expect(await store.logs.commit(source.id, batch, { revision, position: { offset } })).toBe(true);
    revision += 1;
    line = life.reader.line;
    if (random() < restarts) life = await newLife(store, source.id, line);
  }
  const [stored] = await store.logs.sources();
  expect(stored?.lines).toBe(log.toString("latin1").trimEnd().split("\n").length);
  return await store.logs.statistics(EVER);
}

async function newLife(store: Store, sourceId: number, line: number) {
  const batcher = new LogBatcher();
  const reader = new LogReader(clock(), (entry, file, at) => batcher.add(entry, file, at));
  reader.restore(await store.logs.memories(sourceId));
  reader.begin("mail.log", line);
  return { batcher, reader, lines: 0, recognised: 0 };
}

/** What both can know: the store knows times of deliveries to the minute, and keeps other examples. */
function comparable({ peers, backlog, troubles, retries, peersLeftOut }: LogStatistics) {
  const order = ({ direction, name, address, port }: LogPeer) => `${direction} ${address} ${name} ${port ?? 25}`;
  return {
    peersLeftOut,
    peers: Object.fromEntries(peers.map((peer) => [order(peer), comparablePeer(peer)])),
    // Which of many destinations with one message each are named is nobody's concern.
    backlog: { ...backlog, destinations: backlog.destinations.map(({ waiting }) => waiting) },
    troubles: Object.fromEntries(
      troubles.map(({ trouble, count, first, last, culprits }) => [
        trouble,
        {
          count,
          first: first?.slice(0, 19),
          last: last?.slice(0, 19),
          culprits: Object.fromEntries(culprits.map((each) => [each.name, each.count])),
        },
      ]),
    ),
    retries: Object.fromEntries(retries.map(({ mta, attempt, waits }) => [`${mta} ${attempt}`, waits])),
  };
}

function comparablePeer({ firstSent, lastSent, sizes, largestSentSince: _since, examples: _examples, port: _port, ...peer }: LogPeer) {
  return {
    ...peer,
    firstSent: firstSent?.slice(0, 16),
    lastSent: lastSent?.slice(0, 16),
    firstStalled: peer.firstStalled?.slice(0, 19),
    lastStalled: peer.lastStalled?.slice(0, 19),
    firstStall: peer.firstStall?.slice(0, 19),
    lastStall: peer.lastStall?.slice(0, 19),
    firstPix: peer.firstPix?.slice(0, 19),
    lastPix: peer.lastPix?.slice(0, 19),
    sizes: sizes.map(({ sentSince: _sentSince, ...size }) => size),
    stalls: Object.fromEntries(peer.stalls.map((each) => [each.stage, each])),
    receivedBytes: Object.fromEntries(peer.receivedBytes.map(({ bytes, count }) => [bytes, count])),
    pix: Object.fromEntries(peer.pix.map(({ words, count }) => [words, count])),
  };
}

describe("following agrees with scanning", () => {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".log") && name !== NOT_FOLLOWED);
  it.each(names)("%s", async (name) => {
    await using store = await closing();
    const log = readFileSync(new URL(name, FIXTURES));
    expect(comparable(await followed(store, log, randomNumbers(7), name === NO_RESTARTS ? 0 : 0.2))).toEqual(comparable(scanned(log)));
  });

  it("a log of a busy relay", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mxray-agreement-"));
    const path = join(folder, "mail.log");
    writeRealisticLog(path, 20_000);
    const log = await readFile(path);
    await rm(folder, { recursive: true });
    await using store = await closing();
    expect(comparable(await followed(store, log, randomNumbers(11)))).toEqual(comparable(scanned(log)));
  });
});

async function closing(): Promise<Store & AsyncDisposable> {
  const store = await openStore({ path: ":memory:" });
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}
