import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isPrintable } from "@mxray/contracts";
import { expect, test } from "vitest";
import { randomNumbers } from "../bench/realistic-log.ts";
import { LineParser, LogCorrelator, LogStatisticsCounter, mailEventOf } from "../src/index.ts";
import { readLog, testClock } from "./fixtures.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const LINES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "latin1").split("\n"))
  .filter((line) => line !== "")
  .map((line) => Buffer.from(line, "latin1"));

const MUTATED_LINES = 1_000_000;
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

function quickest(work: () => unknown): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    }),
  );
}

test(`${MUTATED_LINES} mutated lines: nothing is thrown, each takes a bounded time, all that comes out is printable`, {
  timeout: 120_000,
}, () => {
  const random = randomNumbers(20_260_105);
  const whole = (below: number) => Math.floor(random() * below);
  const parser = new LineParser(testClock());
  const correlator = new LogCorrelator();
  const counter = new LogStatisticsCounter();
  const scratch = [Buffer.alloc(70_000), Buffer.alloc(70_000)] as const;
  let events = 0;
  let slow = 0;
  for (let turn = 0; turn < MUTATED_LINES; turn += 1) {
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
        for (const text of [reason, peer?.name, peer?.address, queueId]) expect(text == null || isPrintable(text)).toBe(true);
      }
    }
    // A pause of the machine's own does not come three times more.
    if (performance.now() - began > LONGEST_MS && quickest(() => parser.parse(buffer, 0, length)) > LONGEST_MS) slow += 1;
  }
  expect(slow).toBe(0);
  expect(events).toBeGreaterThan(10_000);
  const statistics = counter.statistics();
  expect(JSON.stringify(statistics).length).toBeLessThan(20_000_000);
});

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

test.each([
  [
    "a line of 1 MB",
    Buffer.concat([Buffer.from("Jan  5 04:11:22 mx1 postfix/smtpd[9]: lost connection after "), Buffer.alloc(1 << 20, "A")]),
  ],
  ["a megabyte of NULs", Buffer.alloc(1 << 20)],
  ["a megabyte of blanks", Buffer.alloc(1 << 20, " ")],
  ["a megabyte of brackets", Buffer.alloc(1 << 20, "[")],
  ["a megabyte of one journal entry", Buffer.concat([Buffer.from('{"MESSAGE":"'), Buffer.alloc(1 << 20, "\\u0000")])],
  [
    "an export entry that promises more than there is",
    Buffer.concat([Buffer.from("__CURSOR=x\nMESSAGE\n"), Buffer.alloc(8, 0xff), Buffer.alloc(1 << 20, "x")]),
  ],
])("%s between two good lines costs neither of them", (_, bad) => {
  const good = Buffer.from("Jan  5 04:11:22 mx1 postfix/smtpd[9]: timeout after DATA (0 bytes) from client.sender.example[198.51.100.7]\n");
  const began = performance.now();
  const { events, counts } = readLog(Buffer.concat([good, bad, Buffer.from("\n"), good]), { chunk: 64 * 1024 });
  expect(performance.now() - began).toBeLessThan(2000);
  expect(events.filter(({ event }) => event === "timeout")).toHaveLength(2);
  expect(counts.lines).toBeGreaterThanOrEqual(3);
});

/** Bytes, after what is garbage was collected. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("400,000 lines that never end what they begin leave the memory bounded", { timeout: 60_000 }, () => {
  const reader = new LineParser(testClock());
  const correlator = new LogCorrelator();
  const counter = new LogStatisticsCounter();
  const before = memoryInUse();
  for (let index = 0; index < 400_000; index += 1) {
    const id = (0x1000000 + index).toString(16).toUpperCase();
    const line = Buffer.from(
      index % 2 === 0
        ? `Jan  5 04:11:22 mx1 postfix/qmgr[9]: ${id}: from=<a@d${index}.example>, size=${index}, nrcpt=1 (queue active)`
        : `Jan  5 04:11:22 mx1 postfix/smtp[${index % 30_000}]: ${id}: to=<a@d${index}.example>, relay=mx${index}.example[203.0.113.1]:25, delay=1, delays=0/0/0/1, dsn=4.4.2, status=deferred (lost connection with mx${index}.example[203.0.113.1] while sending message body)`,
    );
    const entry = reader.parse(line, 0, line.length);
    if (entry === null) throw new Error("This line is a good one.");
    correlator.complete(entry);
    counter.add(entry, "endless", index);
  }
  expect((memoryInUse() - before) / 1e6).toBeLessThan(150);
  const { peers, peersLeftOut, backlog } = counter.statistics();
  expect(peers).toHaveLength(2000);
  expect(peersLeftOut).toBeGreaterThan(150_000);
  expect(backlog.waiting).toBe(200_000);
});
