/**
 * What a person pasted tells before anything is probed: log lines, a bounce, a listing of a queue, a firewall's line, a queue id.
 * The first of these that the text is counts; a text that is none of them is said to be unknown.
 */
import { Buffer } from "node:buffer";
import { isQueueId, type LogExplanation, type MailEvent, type PastedFault, type Peer, targetOfPeer } from "@mxray/contracts";
import { explainEvent, explainPaste } from "@mxray/diagnosis";
import { LogClock, LogReader, machineTimeZone, mailEventOf, readBounceText, readFirewallLine, readQueueListing } from "@mxray/maillog";
import type { LogStore } from "@mxray/store";

const MOST_EVENTS = 50;

export async function explainText(text: string, store: LogStore): Promise<LogExplanation> {
  const trimmed = text.trim();
  if (isQueueId(trimmed)) return ofEvents("queue-id", await store.eventsOfMessage(trimmed, MOST_EVENTS));
  const listing = readQueueListing(trimmed);
  if (listing !== null) return ofFaults("queue", listing.faults);
  const firewall = readFirewallLine(trimmed);
  if (firewall !== null) return ofFaults("firewall", [firewall]);
  const lines = eventsOf(trimmed);
  if (lines.length > 0) return ofEvents("line", lines);
  const bounce = readBounceText(trimmed);
  return bounce === null ? ofEvents("unknown", []) : ofFaults("bounce", [bounce]);
}

function eventsOf(text: string): MailEvent[] {
  const events: MailEvent[] = [];
  const reader = new LogReader(new LogClock({ zone: machineTimeZone(), year: null, now: Date.now }), (entry, file, line) => {
    if (entry.event !== null && events.length < MOST_EVENTS) events.push(mailEventOf(entry, file, line));
  });
  reader.begin("-");
  reader.push(Buffer.from(text));
  reader.end();
  return events;
}

function ofEvents(kind: LogExplanation["kind"], events: readonly MailEvent[]): LogExplanation {
  const event = events.toSorted((a, b) => weightOf(b) - weightOf(a))[0] ?? null;
  const told = event === null ? null : explainEvent(event);
  const target = event === null || event.direction === "inbound" ? null : targetOf(event.peer);
  return { kind, event, events: [...events], faults: [], ...partsOf(told), target };
}

function ofFaults(kind: LogExplanation["kind"], faults: readonly PastedFault[]): LogExplanation {
  const [fault] = faults;
  const told = fault === undefined ? null : explainPaste(fault);
  return { kind, event: null, events: [], faults: [...faults], ...partsOf(told), target: targetOf(fault?.peer ?? null) };
}

function partsOf(told: ReturnType<typeof explainEvent> | null): Pick<LogExplanation, "tells" | "means" | "next" | "not"> {
  return { tells: told?.tells ?? null, means: told?.means ?? null, next: told?.next ?? null, not: told?.not ?? null };
}

/** What broke says more than what went well, and a conversation more than a copy of its end. */
function weightOf({ event, status, copy, stage, peer }: MailEvent): number {
  if (copy === true) return 1;
  if (event === "lost-connection" || event === "timeout") return 5;
  if (event === "delivery") return status === "sent" ? 2 : 4 + (stage === null ? 0 : 2) + (peer === null ? 0 : 1);
  return event === "connect" || event === "disconnect" || event === "queue-active" ? 0 : 3;
}

function targetOf(peer: Peer | null): string | null {
  return peer === null ? null : targetOfPeer(peer);
}
