/** Reads one log in two ways: in one go, and followed in batches through a store. What both must agree on. */
import { Buffer } from "node:buffer";
import type { Finding, LogStatistics } from "@mxray/contracts";
import { diagnoseLog } from "@mxray/diagnosis";
import { LogBatcher, LogClock, LogReader, LogStatisticsCounter, timeZone } from "@mxray/maillog";
import type { Store } from "@mxray/store";

const EVER = { from: 0, to: 4_102_444_800 };

/** Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Agreement {
  readonly statistics: LogStatistics;
  readonly findings: readonly Finding[];
}

function clock(): LogClock {
  const zone = timeZone("UTC");
  if (zone === null) throw new Error("UTC is no zone.");
  return new LogClock({ zone, year: null, now: () => Date.UTC(2026, 10, 26, 12) });
}

export function scanned(log: Buffer): LogStatistics {
  return counted(log).statistics();
}

export function counted(log: Buffer): LogStatisticsCounter {
  const counter = new LogStatisticsCounter();
  const reader = new LogReader(clock(), (entry, file, line) => counter.add(entry, file, line));
  reader.begin("mail.log");
  reader.push(Buffer.from(log));
  reader.end();
  return counter;
}

export interface FollowOptions {
  readonly random: () => number;
  /** Share of batches after which the process is killed. */
  readonly restarts?: number;
  /** Most bytes of a batch. */
  readonly batch?: number;
  /** Of the log, where the store has others, too. */
  readonly span?: Span;
}

/** In pieces that end at line ends, each committed; some are read by a process that knows only what the store has. */
export async function followed(
  store: Store,
  log: Buffer,
  { random, restarts = 0.2, batch: most = 4000, span = EVER }: FollowOptions,
): Promise<LogStatistics> {
  const source = await store.logs.addSource("mail.log", "page", new Date(0).toISOString());
  if (source === null) throw new Error("The source is there already.");
  let [revision, offset, line] = [0, 0, 0];
  let life = await newLife(store, source.id, line);
  while (offset < log.length) {
    const wanted = offset + Math.floor(random() * most);
    const end = log.indexOf(10, Math.min(wanted, log.length - 1)) + 1 || log.length;
    life.reader.push(Buffer.from(log.subarray(offset, end)));
    if (end === log.length) life.reader.end();
    offset = end;
    const { lines, recognised } = life.reader.counts;
    const batch = life.batcher.take({ lines: lines - life.lines, recognised: recognised - life.recognised });
    Object.assign(life, { lines, recognised });
    if (!(await store.logs.commit(source.id, batch, { revision, position: { offset } }))) throw new Error("The batch was not taken.");
    revision += 1;
    line = life.reader.line;
    if (random() < restarts) life = await newLife(store, source.id, line);
  }
  return await store.logs.statistics(span);
}

async function newLife(store: Store, sourceId: number, line: number) {
  const batcher = new LogBatcher();
  const reader = new LogReader(clock(), (entry, file, at) => batcher.add(entry, file, at));
  const memories = await store.logs.memories(sourceId);
  batcher.resume(reader.restore(memories), memories);
  reader.begin("mail.log", line);
  return { batcher, reader, lines: 0, recognised: 0 };
}

/** Statistics without sample lines, of which the store keeps others, and the findings that they give. */
export function agreementOf(statistics: LogStatistics): Agreement {
  const bare = withoutExamples(statistics);
  return { statistics: bare, findings: diagnoseLog(bare) };
}

function withoutExamples({ peers, backlog, troubles, ...rest }: LogStatistics): LogStatistics {
  return {
    ...rest,
    peers: peers.map((peer) => ({
      ...peer,
      examples: { stalled: [], early: [], signs: [], pix: [], largestSent: null, smallestStalled: null },
    })),
    backlog: { ...backlog, destinations: backlog.destinations.map((destination) => ({ ...destination, example: null })) },
    troubles: troubles.map((trouble) => ({ ...trouble, examples: [] })),
  };
}
