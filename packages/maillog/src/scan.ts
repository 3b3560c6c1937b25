/** What reading a log once needs of this package, and nothing that only following one does: a command loads what it imports. */
export { LogClock, type LogClockOptions } from "./log-clock.ts";
export { type ChunkSink, type LogFileOutcome, logFileTrouble, type ReadLogFileOptions, readLogFile, readLogStream } from "./log-file.ts";
export { type EntryHandler, type LogCounts, LogReader } from "./log-reader.ts";
export { type MailEventOptions, mailEventOf } from "./mail-event.ts";
export { inOrderOfTime } from "./rotated-set.ts";
export { LogStatisticsCounter } from "./statistics/log-statistics.ts";
export { machineTimeZone, type TimeZone, timeZone } from "./time-zone.ts";
