/**
 * What a person pasted (log lines, the text of a bounce, a queue id) already tells, before anything is probed.
 *
 * A bounce holds the words that the log has inside `status=… (…)`; so it is read as if it stood there.
 */
import { Buffer } from "node:buffer";
import { isQueueId, type LogExplanation, type MailEvent, targetOfPeer } from "@mxray/contracts";
import { explainEvent } from "@mxray/diagnosis";
import { LogClock, LogReader, machineTimeZone, mailEventOf } from "@mxray/maillog";
import type { LogStore } from "@mxray/store";

const MOST_EVENTS = 50;
const BOUNCE_CAP = 20_000;
/** The words of Postfix's client about a conversation, as a bounce quotes them. */
const CONVERSATION =
  /(?:conversation with|lost connection with|connect to|host|SSL_connect error to) [A-Za-z0-9._-]{1,255}\[[0-9A-Fa-f:.]{2,45}\][^<>]{1,400}/;

export async function explainText(text: string, store: LogStore): Promise<LogExplanation> {
  const trimmed = text.trim();
  const lines = eventsOf(trimmed);
  if (lines.length > 0) return explanation("line", lines);
  if (isQueueId(trimmed)) return explanation("queue-id", await store.eventsOfMessage(trimmed, MOST_EVENTS));
  const words = CONVERSATION.exec(trimmed.slice(0, BOUNCE_CAP).replace(/\s+/g, " "))?.[0];
  const bounce = words === undefined ? [] : eventsOf(asRecord(words));
  return explanation(bounce.length > 0 ? "bounce" : "unknown", bounce);
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

function asRecord(words: string): string {
  const time = new Date().toISOString();
  return `${time} bounce postfix/smtp[1]: 000000: to=<x>, relay=none, delay=0, dsn=4.0.0, status=deferred (${words.trim()})`;
}

function explanation(kind: LogExplanation["kind"], events: readonly MailEvent[]): LogExplanation {
  const event = events.toSorted((a, b) => weightOf(b) - weightOf(a))[0] ?? null;
  const told = event === null ? null : explainEvent(event);
  return {
    kind,
    event,
    events: [...events],
    tells: told?.tells ?? null,
    means: told?.means ?? null,
    next: told?.next ?? null,
    not: told?.not ?? null,
    target: event === null ? null : targetOf(event),
  };
}

/** What broke says more than what went well, and a conversation more than a copy of its end. */
function weightOf({ event, status, copy, stage, peer }: MailEvent): number {
  if (copy === true) return 1;
  if (event === "lost-connection" || event === "timeout") return 5;
  if (event === "delivery") return status === "sent" ? 2 : 4 + (stage === null ? 0 : 2) + (peer === null ? 0 : 1);
  return event === "connect" || event === "disconnect" || event === "queue-active" ? 0 : 3;
}

/** The other end of an outbound conversation; a client is not a mail host for that reason. */
function targetOf({ peer, direction }: MailEvent): string | null {
  return peer === null || direction === "inbound" ? null : targetOfPeer(peer);
}
