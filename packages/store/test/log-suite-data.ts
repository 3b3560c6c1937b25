/** Counts, events and batches for the suites of logs, and the steps that these share. */
import type { CountedPeer, Finding, LogBatch, LogCount, LogMeasure, MailEvent } from "@mxray/contracts";
import { sizeClassOf } from "@mxray/contracts";
import type { Store } from "../src/index.ts";

export const AT = "2026-03-01T10:00:00.000Z";
export const START = Date.parse(AT) / 1000;
export const DAY = 86_400;
export const RANGE = { from: START - DAY, to: START + DAY };

export const peer = (over: Partial<CountedPeer> = {}): CountedPeer => ({
  name: "mx1.example.test",
  address: "192.0.2.1",
  port: 25,
  direction: "outbound",
  reach: "network",
  ...over,
});

export const count = (measure: LogMeasure, over: Partial<LogCount> = {}): LogCount => ({
  start: START,
  peer: peer(),
  measure,
  note: "",
  value: 0,
  count: 1,
  least: null,
  most: null,
  ...over,
});

export const sized = (measure: LogMeasure, size: number, over: Partial<LogCount> = {}) =>
  count(measure, { value: sizeClassOf(size), least: size, most: size, ...over });

export const event = (over: Partial<MailEvent> = {}): MailEvent => ({
  file: "mail.log",
  line: 1,
  time: AT,
  host: "mx1",
  program: "postfix/smtp",
  pid: 1,
  mta: "postfix",
  queueId: "ABCDEF12",
  event: "delivery",
  direction: "outbound",
  stage: "end-of-data",
  command: null,
  bytes: null,
  peer: { name: "mx1.example.test", address: "192.0.2.1", port: 25 },
  status: "deferred",
  dsn: "4.4.2",
  size: 20_000,
  delay: null,
  delays: null,
  reason: "conversation with mx1.example.test[192.0.2.1] timed out while sending end of data",
  ...over,
});

export const batch = (over: Partial<LogBatch> = {}): LogBatch => ({
  lines: 1,
  recognised: 1,
  counts: [],
  events: [],
  memories: [],
  moves: [],
  firstLineAt: null,
  lastLineAt: AT,
  ...over,
});

export const sign = (over: Partial<Finding> = {}): Finding => ({
  code: "log-outbound-stalls",
  severity: "critical",
  confidence: "proven",
  subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
  subjects: [over.subject ?? { host: "mx1.example.test", address: "192.0.2.1", port: 25 }],
  since: "2026-03-04T00:00:00.000Z",
  firstSeen: "2026-03-04T00:00:00.000Z",
  title: "Deliveries stall",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

export function memory(key: string, value: string) {
  return { key, value, waitingSince: null, destination: null };
}

/** @param store the one of the test that runs */
export function logSteps(store: () => Store) {
  return {
    source: async () => {
      const made = await store().logs.addSource("/var/log/mail.log", "page", AT);
      if (made === null) throw new Error("The source is there already.");
      return made;
    },
    commit: async (id: number, revision: number, over: Partial<LogBatch>, position: unknown = { offset: revision }) =>
      await store().logs.commit(id, batch(over), { revision, position }),
  };
}
