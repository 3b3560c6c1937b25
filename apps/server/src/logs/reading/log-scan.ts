/** Reads an uploaded log as it comes, plain, gzip or zstd, of any size in constant memory; nothing of it is stored. */
import type { Readable } from "node:stream";
import {
  type Finding,
  joinFindings,
  type LogScan,
  type LogStatistics,
  type MailEvent,
  type ScanSummary,
  scanPeers,
} from "@mxray/contracts";
import { LogBatcher, LogClock, LogReader, LogStatisticsCounter, machineTimeZone, readLogStream } from "@mxray/maillog";
import { Refusal } from "../../refusal.ts";
import { DiagnosisThreadError, diagnoseAside } from "../findings/diagnose-aside.ts";
import { SeriesBuckets } from "./series-buckets.ts";
import { SuspectCounts } from "./suspect-counts.ts";

export interface LogScanOptions {
  /** As it shall be named. */
  readonly name: string;
  readonly onProgress: (progress: { readonly bytes: number; readonly lines: number }) => void;
}

/** Rows that are held before they go into the series. */
const ROWS = 20_000;
const MOST_EVENTS = 500;
const PROGRESS_MS = 250;

/** @throws Refusal if the body fails with one: half of an upload is no log to judge by */
export async function scanLog(body: Readable, { name, onProgress }: LogScanOptions): Promise<LogScan> {
  const began = performance.now();
  const counter = new LogStatisticsCounter();
  const batcher = new LogBatcher();
  const series = new SeriesBuckets();
  const suspects = new SuspectCounts();
  const events: MailEvent[] = [];
  const empty = () => {
    const batch = batcher.take({ lines: 0, recognised: 0 });
    series.add(suspects.sift(batch.counts));
    events.push(...batch.events.slice(0, MOST_EVENTS - events.length).map(({ event }) => event));
  };
  const reader = new LogReader(new LogClock({ zone: machineTimeZone(), year: null, now: Date.now }), (entry, file, line) => {
    counter.add(entry, file, line);
    batcher.add(entry, file, line);
    if (batcher.size >= ROWS) empty();
  });
  reader.begin(name);
  let toldAt = began;
  const outcome = await readLogStream(body, {
    sink: reader,
    onProgress(bytes) {
      const now = performance.now();
      if (now - toldAt < PROGRESS_MS) return;
      toldAt = now;
      onProgress({ bytes, lines: reader.counts.lines });
    },
  });
  if (body.errored instanceof Refusal) throw body.errored;
  reader.end();
  empty();
  series.add(suspects.rest());
  const { lines, recognised } = reader.counts;
  const statistics = counter.statistics();
  const findings = await findingsOf(statistics);
  const summary: ScanSummary = {
    schema: "mxray.scan/1",
    files: [name],
    lines,
    recognised,
    unrecognised: lines - recognised,
    from: statistics.from,
    to: statistics.to,
    elapsedMs: Math.round((performance.now() - began) * 10) / 10,
    ...counter.sums(),
    ...scanPeers(statistics.peers),
    findings: typeof findings === "string" ? [] : findings,
  };
  return {
    summary,
    statistics,
    series: series.series(),
    events,
    notice: noticeOf(outcome, lines, recognised) ?? (typeof findings === "string" ? findings : null),
  };
}

/** Or a sentence about why there are none. */
async function findingsOf(statistics: LogStatistics): Promise<Finding[] | string> {
  try {
    return joinFindings((await diagnoseAside({ kind: "statistics", statistics })).map(({ finding }) => finding));
  } catch (error) {
    if (!(error instanceof DiagnosisThreadError)) throw error;
    return `The figures are complete, but no findings were computed: the thread that computes them ended because ${error.reason}. Analyse the log again.`;
  }
}

function noticeOf(outcome: Awaited<ReturnType<typeof readLogStream>>, lines: number, recognised: number): string | null {
  if (outcome.kind === "unreadable") return `The file cannot be read: ${outcome.reason}.`;
  if (outcome.kind !== "read") return `The file was read only in part, ${lines} lines: ${outcome.reason}.`;
  if (lines === 0) return "The file is empty.";
  return recognised === 0
    ? `This is no mail log that mxray can read: 0 of ${lines} lines were written by Postfix, Exim or Sendmail.`
    : null;
}
