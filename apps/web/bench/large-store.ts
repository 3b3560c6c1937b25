/**
 * A store as it is after a bad year: thousands of findings and a million kept log events, made up, all names and addresses
 * from the blocks kept for documentation. Written through the store's own methods, so it is what a server would have written.
 */
import { join } from "node:path";
import type { CountedPeer, Finding, FindingCode, KeptEvent, LogBatch, LogCount } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";

export interface LargeStore {
  readonly findings: number;
  readonly events: number;
}

const PER_PROBE = 25;
const PER_BATCH = 20_000;
const PEERS = 2000;
/** Kept events are of the last days. */
const DAYS = 6;
const CODES: readonly FindingCode[] = ["pmtu-black-hole", "connect-timeout", "smtp-fixup", "starttls-failed", "greeting-timeout"];

/** @param data the data directory of a server that does not run yet */
export async function fillStore(data: string, { findings, events }: LargeStore): Promise<void> {
  const store = await openStore({ path: join(data, "mxray.sqlite") });
  await addFindings(store, findings);
  await addEvents(store, events);
  // As an hourly server leaves it.
  await store.logs.tidy(Math.floor(Date.now() / 1000), DAYS + 1);
  await store.close();
}

async function addFindings(store: Store, count: number): Promise<void> {
  for (let from = 0; from < count; from += PER_PROBE) {
    const at = new Date(Date.now() - (count - from) * 1000).toISOString();
    const target = `d${from}.example.com`;
    const { id } = await store.probes.create({ target, request: { target }, createdAt: at, previousId: null });
    const own = Array.from({ length: Math.min(PER_PROBE, count - from) }, (_, index) => findingOf(from + index, at));
    const [worst] = own;
    await store.probes.finish(id, {
      status: "done",
      finishedAt: at,
      observation: null,
      findings: own,
      fixed: [],
      verdict:
        worst === undefined ? null : { code: worst.code, severity: worst.severity, confidence: worst.confidence, title: worst.title },
      error: null,
    });
  }
}

function findingOf(index: number, at: string): Finding {
  const code = CODES[index % CODES.length] ?? "connect-timeout";
  const host = `mx${index % 7}.d${Math.floor(index / 3)}.example.com`;
  return {
    code,
    severity: code === "pmtu-black-hole" || code === "connect-timeout" ? "critical" : "warning",
    confidence: "proven",
    subject: { host, address: `198.18.${(index >> 8) & 255}.${index & 255}`, port: 25 },
    subjects: [{ host, address: `198.18.${(index >> 8) & 255}.${index & 255}`, port: 25 }],
    since: at,
    firstSeen: at,
    title: `Open findings with ${host}, number ${index}`,
    summary: "Made up to measure how fast pages are.",
    absorbs: [],
    evidence: [{ at, source: "probe", text: "Made up.", data: {} }],
    remedies: [],
  };
}

async function addEvents(store: Store, count: number): Promise<void> {
  const source = await store.logs.addSource("/nowhere/mail.log", "page", new Date().toISOString());
  if (source === null) throw new Error("The store is not empty.");
  const begin = Math.floor(Date.now() / 1000) - DAYS * 86_400;
  for (let from = 0, revision = source.revision; from < count; from += PER_BATCH, revision += 1) {
    const size = Math.min(PER_BATCH, count - from);
    const at = (index: number) => begin + Math.floor(((from + index) / count) * DAYS * 86_400);
    const events = Array.from({ length: size }, (_, index) => eventOf(from + index, at(index)));
    if (!(await store.logs.commit(source.id, batchOf(events, at), { revision, position: null }))) throw new Error("A batch was refused.");
  }
}

function batchOf(events: readonly KeptEvent[], at: (index: number) => number): LogBatch {
  const counts = new Map<string, LogCount>();
  for (const [index, { peer }] of events.entries()) {
    const start = at(index) - (at(index) % 60);
    for (const measure of ["deferred", "timeout end-of-data", "sent"] as const) {
      const key = `${start} ${peer?.address} ${measure}`;
      const before = counts.get(key);
      const value = measure === "sent" ? 12 : 0;
      counts.set(key, { start, peer, measure, note: "", value, count: (before?.count ?? 0) + 1, least: 2000, most: 20_000 });
    }
  }
  const lastLineAt = new Date(at(events.length - 1) * 1000).toISOString();
  return {
    lines: events.length * 4,
    recognised: events.length * 4,
    counts: [...counts.values()],
    events,
    memories: [],
    moves: [],
    firstLineAt: null,
    lastLineAt,
  };
}

function peerOf(index: number): CountedPeer {
  const peer = index % PEERS;
  return {
    name: `mx.p${peer}.example.net`,
    address: `198.19.${peer >> 8}.${peer & 255}`,
    port: 25,
    direction: "outbound",
    reach: "network",
  };
}

function eventOf(index: number, seconds: number): KeptEvent {
  const peer = peerOf(index);
  const { name, address, port } = peer;
  return {
    peer,
    event: {
      file: "/nowhere/mail.log",
      line: index * 4 + 1,
      time: new Date(seconds * 1000).toISOString(),
      host: "mx1",
      program: "postfix/smtp",
      pid: 1000 + (index % 100),
      mta: "postfix",
      queueId: `A${(10_000_000 + index).toString(16).toUpperCase()}`,
      event: "delivery",
      direction: "outbound",
      stage: "end-of-data",
      command: null,
      bytes: null,
      peer: { name, address, port },
      status: "deferred",
      dsn: "4.4.2",
      size: 20_000 + (index % 5000),
      delay: 600,
      delays: [0, 0, 1, 600],
      reason: `conversation with ${name}[${address}] timed out while sending end of data -- message may be sent more than once`,
    },
  };
}
