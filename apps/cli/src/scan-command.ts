/** `mxray scan`: reads mail logs and says what is wrong, for a person, as a summary in JSON, or event by event. */
import {
  type Finding,
  type LogStatistics,
  printable,
  type ScanSummary,
  SEVERITIES,
  type Severity,
  scanPeers,
  severityRank,
} from "@mxray/contracts";
import { diagnoseLog, renderScanText } from "@mxray/diagnosis/scan";
import {
  inOrderOfTime,
  LogClock,
  type LogCounts,
  type LogFileOutcome,
  LogReader,
  LogStatisticsCounter,
  logFileTrouble,
  machineTimeZone,
  mailEventOf,
  readLogFile,
  readLogStream,
  type TimeZone,
  timeZone,
} from "@mxray/maillog/scan";
import { oneOf, parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printJson } from "./json-output.ts";
import { LineOutput } from "./line-output.ts";
import { scanDocument } from "./scan-document.ts";
import { ScanProgress } from "./scan-progress.ts";
import { printLine, printMessage, terminalWidth, wantsColour } from "./terminal.ts";
import { YoungGeneration } from "./young-generation.ts";

const OPTIONS = {
  json: { type: "boolean" },
  full: { type: "boolean" },
  events: { type: "boolean" },
  addresses: { type: "boolean" },
  year: { type: "string" },
  tz: { type: "string" },
  "fail-on": { type: "string" },
} as const;

const HELP = `Usage: mxray scan [OPTIONS] FILE… | -

Reads mail logs of Postfix, Exim and Sendmail, plain, gzip or zstd, in the order of time where the names of a rotated log show it;
- is standard input. Understands syslog files, Postfix's maillog_file, container output, and the journal
(journalctl -o json, journalctl -o export).

  --json              the summary as one JSON document on stdout: the 200 worst findings, each remedy once
  --full              with --json: all findings, each with its remedies in full
  --events            one JSON object per event, line by line
  --addresses         keep whole mail addresses in events; else their domains only
  --year YEAR         of time stamps without a year (default: the year that makes each the most recent past)
  --tz ZONE           of time stamps without a zone: Europe/Berlin, +02:00, UTC (default: this machine's)
  --fail-on SEVERITY  info, warning or critical: what counts for the exit status (default warning)

Exit status: 0 nothing at or above --fail-on, 1 something found, 2 used wrongly, 3 could not run.`;

export async function scanCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("scan", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length === 0)
    throw new UsageError("mxray scan needs a log file, or - for standard input, for example 'mxray scan /var/log/mail.log'.");
  if (values.full && !values.json) throw new UsageError("--full goes with --json.");
  if (values.json && values.events) throw new UsageError("--json and --events exclude each other.");
  if (positionals.filter((path) => path === "-").length > 1) throw new UsageError("Standard input (-) can be read only once.");
  const failOn: Severity = values["fail-on"] === undefined ? "warning" : oneOf("--fail-on", values["fail-on"], SEVERITIES);
  const clock = new LogClock({
    zone: values.tz === undefined ? machineTimeZone() : zoneOf(values.tz),
    year: values.year === undefined ? null : wholeNumber("--year", values.year, 1970, 9999),
    now: Date.now,
  });

  for (const path of positionals) {
    const trouble = path === "-" ? null : logFileTrouble(path);
    if (trouble === null) continue;
    printMessage(`${printable(path, 300)} cannot be read: ${trouble}.`);
    return EXIT.couldNotRun;
  }
  const output = values.events ? eventOutput(values.addresses === true) : null;
  const scanned = await scan(inOrderOfTime(positionals), clock, output);
  output?.end();
  for (const notice of scanned.notices) printMessage(notice);
  if (values.json) printJson(values.full ? scanned.summary : scanDocument(scanned.summary));
  else if (!values.events) printLine(renderScanText(scanned.summary, { width: terminalWidth(), colour: wantsColour() }));
  if (scanned.failed) return EXIT.couldNotRun;
  const found = scanned.summary.findings.some(({ severity }: Finding) => severityRank(severity) >= severityRank(failOn));
  return found ? EXIT.found : EXIT.nothing;
}

interface Scanned {
  readonly summary: ScanSummary;
  /** What a person has to know beside the findings. */
  readonly notices: readonly string[];
  /** A file could not be read at all. */
  readonly failed: boolean;
}

type EventOutput = Pick<LineOutput, "end"> & { readonly add: ConstructorParameters<typeof LogReader>[1] };

function eventOutput(addresses: boolean): EventOutput {
  const lines = new LineOutput();
  return {
    add: (entry, file, line) => {
      if (entry.event === null) return;
      const text = JSON.stringify(mailEventOf(entry, file, line, { addresses }));
      for (let times = 0; times < entry.times; times += 1) lines.add(text);
    },
    end: () => lines.end(),
  };
}

async function scan(paths: readonly string[], clock: LogClock, events: EventOutput | null): Promise<Scanned> {
  const began = performance.now();
  const { statistics, ...read } = await readLogs(paths, clock, events);
  const summary: ScanSummary = {
    schema: "mxray.scan/1",
    files: [...paths],
    lines: read.lines,
    recognised: read.recognised,
    unrecognised: read.lines - read.recognised,
    from: statistics.from,
    to: statistics.to,
    elapsedMs: Math.round((performance.now() - began) * 10) / 10,
    ...read.sums,
    ...scanPeers(statistics.peers),
    findings: diagnoseLog(statistics, { now: new Date().toISOString() }),
  };
  return { summary, notices: read.notices, failed: read.failed };
}

interface ReadLogs extends LogCounts, Pick<Scanned, "notices" | "failed"> {
  readonly statistics: LogStatistics;
  readonly sums: ReturnType<LogStatisticsCounter["sums"]>;
}

/** On its own, since what counted takes much memory and is over before the findings are made. */
async function readLogs(paths: readonly string[], clock: LogClock, events: EventOutput | null): Promise<ReadLogs> {
  const counter = new LogStatisticsCounter();
  const reader = new LogReader(clock, (entry, file, line) => {
    counter.add(entry, file, line);
    events?.add(entry, file, line);
  });
  const progress = new ScanProgress(paths);
  const young = new YoungGeneration();
  const notices: string[] = [];
  let failed = false;
  for (const path of paths) {
    const before = reader.counts;
    reader.begin(path);
    const showProgress = progress.of(path, () => reader.counts.lines);
    const onProgress = (bytes: number) => {
      young.limit();
      showProgress(bytes);
    };
    const options = { sink: reader, onProgress };
    const outcome = path === "-" ? await readLogStream(process.stdin, options) : await readLogFile(path, options);
    reader.end();
    failed ||= outcome.kind === "unreadable";
    notices.push(...noticesOf(path, outcome, reader.counts.lines - before.lines, reader.counts.recognised - before.recognised));
  }
  progress.clear();
  return { ...reader.counts, statistics: counter.statistics(), sums: counter.sums(), notices, failed };
}

function noticesOf(path: string, outcome: LogFileOutcome, lines: number, recognised: number): string[] {
  const name = path === "-" ? "standard input" : printable(path, 300);
  const notices: string[] = [];
  if (outcome.kind === "cut-short") notices.push(`${name} was read only in part, ${lines} lines: ${outcome.reason}.`);
  if (outcome.kind === "unreadable") notices.push(`${name} cannot be read: ${outcome.reason}.`);
  if (outcome.kind === "read" && lines === 0) notices.push(`${name} is empty.`);
  if (lines > 0 && recognised === 0) {
    notices.push(`${name} is no mail log that mxray can read: 0 of ${lines} lines were written by Postfix, Exim or Sendmail.`);
  }
  return notices;
}

function zoneOf(name: string): TimeZone {
  const zone = timeZone(name);
  if (zone === null)
    throw new UsageError(`--tz takes a zone such as Europe/Berlin, or an offset such as +02:00, not '${printable(name, 60)}'.`);
  return zone;
}
