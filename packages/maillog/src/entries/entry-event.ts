/** Puts an event into an entry. */
import { type Direction, LOG_TROUBLES, type LogTrouble, type MailEventKind, type MailStage } from "@mxray/contracts";
import type { LogEntry } from "./log-entry.ts";

export interface EventFacts {
  readonly direction: Direction | null;
  readonly stage?: MailStage;
  readonly command?: string | null;
}

/** @param reasonFrom index of the line at which the reason begins */
export function setEvent(entry: LogEntry, event: MailEventKind, reasonFrom: number, { direction, stage, command }: EventFacts): void {
  entry.event = event;
  entry.direction = direction;
  entry.stage = stage ?? null;
  entry.command = command ?? null;
  entry.reasonFrom = reasonFrom;
  entry.reasonTo = entry.textTo;
}

export function setTrouble(entry: LogEntry, trouble: LogTrouble, reasonFrom: number, direction: Direction | null = null): void {
  setEvent(entry, LOG_TROUBLES[trouble], reasonFrom, { direction });
  entry.trouble = trouble;
}
