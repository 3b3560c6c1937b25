/** What reading a log once needs of this package, and nothing that only following one does: a command loads what it imports. */

export { type MailEventOptions, mailEventOf } from "./entries/mail-event.ts";
export { LogClock, type LogClockOptions } from "./lines/log-clock.ts";
export { machineTimeZone, type TimeZone, timeZone } from "./lines/time-zone.ts";
export {
  type ChunkSink,
  type LogFileOutcome,
  logFileTrouble,
  type ReadLogFileOptions,
  readLogFile,
  readLogStream,
} from "./reading/log-file.ts";
export { type EntryHandler, type LogCounts, LogReader } from "./reading/log-reader.ts";
export { inOrderOfTime } from "./reading/rotated-set.ts";
export { LogStatisticsCounter } from "./statistics/log-statistics-counter.ts";
