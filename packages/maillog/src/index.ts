export { LogCorrelator } from "./correlator.ts";
export { LineParser } from "./line-parser.ts";
export { LineSplitter } from "./line-splitter.ts";
export { LogClock, type LogClockOptions } from "./log-clock.ts";
export { LogEntry } from "./log-entry.ts";
export { type EntryHandler, type LogCounts, LogReader } from "./log-reader.ts";
export { type MailEventOptions, mailEventOf } from "./mail-event.ts";
export { LogStatisticsCounter } from "./statistics/log-statistics.ts";
export { machineTimeZone, type TimeZone, timeZone } from "./time-zone.ts";
