/** The events of a log, read as a scan reads it, in a zone and at a moment that do not change. */
import { Buffer } from "node:buffer";
import type { MailEvent } from "@mxray/contracts";
import { LogClock, type LogCounts, LogReader, LogStatisticsCounter, mailEventOf, timeZone } from "../src/index.ts";

const READ_AT = Date.UTC(2026, 10, 26, 12);

export interface ReadLog {
  readonly events: MailEvent[];
  readonly counts: LogCounts;
  readonly counter: LogStatisticsCounter;
}

/** @param chunk bytes pushed at a time; each chunk is overwritten once the one after it was pushed */
export function readLog(log: Buffer | string, { chunk = 1 << 20, addresses = false } = {}): ReadLog {
  const bytes = Buffer.from(log);
  const events: MailEvent[] = [];
  const counter = new LogStatisticsCounter();
  const reader = new LogReader(testClock(), (entry, file, line) => {
    counter.add(entry, file, line);
    if (entry.event === null) return;
    for (let times = 0; times < entry.times; times += 1) events.push(mailEventOf(entry, file, line, { addresses }));
  });
  reader.begin("test.log");
  const buffers = [Buffer.alloc(chunk), Buffer.alloc(chunk)] as const;
  for (let from = 0, turn = 0; from < bytes.length; from += chunk, turn += 1) {
    const buffer = turn % 2 === 0 ? buffers[0] : buffers[1];
    buffer.fill(0xee);
    reader.push(buffer.subarray(0, bytes.copy(buffer, 0, from, from + chunk)));
  }
  reader.end();
  return { events, counts: reader.counts, counter };
}

export function testClock(): LogClock {
  const zone = timeZone("UTC");
  if (zone === null) throw new Error("UTC is no zone.");
  return new LogClock({ zone, year: null, now: () => READ_AT });
}

/** Without what is null, so that an expectation shows what is there. */
export function compact({ file: _file, ...event }: MailEvent): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}
