import { Buffer } from "node:buffer";
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { readMutatedLines } from "../bench/mutated-lines.ts";
import { LineParser, LogCorrelator, LogStatisticsCounter } from "../src/index.ts";
import { readLog, testClock } from "./fixtures.ts";

/** A million others, of a new seed each time: `npm run bench -- mutated`. */
const MUTATED_LINES = 250_000;

test(`${MUTATED_LINES} mutated lines: nothing is thrown, each takes a bounded time, all that comes out is printable`, {
  timeout: 120_000,
}, () => {
  const { events, slow, unprintable, statisticsBytes } = readMutatedLines(MUTATED_LINES, 20_260_105);
  expect({ slow, unprintable }).toEqual({ slow: 0, unprintable: 0 });
  expect(events).toBeGreaterThan(MUTATED_LINES / 100);
  expect(statisticsBytes).toBeLessThan(20_000_000);
});

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
  const collect = runInNewContext("gc") as () => void;
  // The first may find another collection under way, and leave what that one has marked.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("400,000 lines that never end what they begin leave the memory bounded", { timeout: 180_000 }, () => {
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
