/** Lines of the fixtures, mutated at random, and what the whole of reading and counting makes of them. */
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { isPrintable } from "@mxray/contracts";
import { LineParser, LogCorrelator, LogStatisticsCounter, mailEventOf } from "../src/index.ts";
import { testClock } from "../test/fixtures.ts";
import { randomNumbers } from "./realistic-log.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const LINES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "latin1").split("\n"))
  .filter((line) => line !== "")
  .map((line) => Buffer.from(line, "latin1"));

/** What a pattern that is not linear would exceed at once. */
const LONGEST_MS = 50;

/** Bytes that mean something to a parser. */
const PIECES = [
  "[",
  "]",
  "(",
  ")",
  ": ",
  ", ",
  "=",
  "<",
  ">",
  '"',
  "\\",
  "@",
  " from ",
  " while ",
  "\x00",
  "\xff",
  "\x1b[2J",
  "NOQUEUE: ",
  "status=",
  "{",
].map((text) => Buffer.from(text, "latin1"));

export interface MutatedLinesResult {
  /** Events that were looked at. */
  readonly events: number;
  /** Lines that took longer than 50 ms, four times in a row. */
  readonly slow: number;
  /** Texts of events with bytes that must not be shown. */
  readonly unprintable: number;
  /** Bytes of the statistics, as JSON. */
  readonly statisticsBytes: number;
}

/** @returns what was wrong, unless something was thrown */
export function readMutatedLines(count: number, seed: number): MutatedLinesResult {
  const random = randomNumbers(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const parser = new LineParser(testClock());
  const correlator = new LogCorrelator();
  const counter = new LogStatisticsCounter();
  const scratch = [Buffer.alloc(70_000), Buffer.alloc(70_000)] as const;
  let events = 0;
  let slow = 0;
  let unprintable = 0;
  for (let turn = 0; turn < count; turn += 1) {
    const buffer = turn % 2 === 0 ? scratch[0] : scratch[1];
    const length = mutate(buffer, whole);
    const began = performance.now();
    const entry = parser.parse(buffer, 0, length);
    if (entry !== null) {
      correlator.complete(entry);
      counter.add(entry, "fuzz", turn);
      if (entry.event !== null && turn % 16 === 0) {
        events += 1;
        const { reason, peer, queueId } = mailEventOf(entry, "fuzz", turn);
        unprintable += [reason, peer?.name, peer?.address, queueId].filter((text) => text != null && !isPrintable(text)).length;
      }
    }
    // A pause of the machine's own does not come three times more.
    if (performance.now() - began > LONGEST_MS && quickest(() => parser.parse(buffer, 0, length)) > LONGEST_MS) slow += 1;
  }
  return { events, slow, unprintable, statisticsBytes: JSON.stringify(counter.statistics()).length };
}

function quickest(work: () => unknown): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    }),
  );
}

/** Writes a line into the buffer: cut, joined, with bytes changed, repeated, inserted. */
function mutate(buffer: Buffer, whole: (below: number) => number): number {
  const pick = (from: readonly Buffer[]) => from[whole(from.length)] ?? Buffer.alloc(0);
  const line = pick(LINES);
  let length = line.copy(buffer);
  for (let changes = whole(4); changes >= 0; changes -= 1) {
    const at = whole(length + 1);
    switch (whole(6)) {
      case 0:
        if (at < length) buffer[at] = whole(256);
        break;
      case 1:
        length = at;
        break;
      case 2: {
        const piece = pick(PIECES);
        buffer.copy(buffer, at + piece.length, at, length);
        piece.copy(buffer, at);
        length += piece.length;
        break;
      }
      case 3:
        length = at + pick(LINES).copy(buffer, at);
        break;
      case 4: {
        // A piece, or a part of the line, very often.
        const part = whole(2) === 0 ? pick(PIECES) : Buffer.from(buffer.subarray(at, Math.min(length, at + 12)));
        const times = whole(40) === 0 ? 3000 : 20;
        for (let time = 0; time < times && length + part.length < 60_000; time += 1) length += part.copy(buffer, length);
        break;
      }
      default:
        buffer.copyWithin(0, at, length);
        length -= at;
    }
    length = Math.min(length, 60_000);
  }
  return length;
}
