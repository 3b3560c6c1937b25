/**
 * Listings of a mail queue as people paste them: `postqueue -p` and `mailq` of Postfix, `postqueue -j`, `exim -bp`, `mailq` of
 * Sendmail. Each reason for waiting is one fault, with the number of messages that wait for it. Nothing of addresses is kept.
 */
import type { PastedFault } from "@mxray/contracts";
import { faultOfWords } from "./fault-words.ts";

const LISTING_CAP = 400_000;
const MOST_FAULTS = 20;
const POSTFIX_ROW = /^[0-9A-Za-z]{6,20}[*!#]? +[0-9]{1,12} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +[0-9]{1,2} /m;
const SENDMAIL_ROW = /^[0-9A-Za-z]{12,18}[*X-]? +[0-9]{1,12} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +[0-9]{1,2} /m;
const EXIM_ROW = /^ {0,3}[0-9]{1,4}[mhd] +[0-9.]{1,8}[KMG]? +[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} +</m;

export interface QueueListing {
  readonly writer: PastedFault["writer"];
  /** Messages in the listing. */
  readonly messages: number;
  /** The most frequent first. Empty where the listing gives no reasons, as Exim's does. */
  readonly faults: readonly PastedFault[];
}

/** Null for what is no listing of a queue. */
export function readQueueListing(pasted: string): QueueListing | null {
  const text = pasted.slice(0, LISTING_CAP);
  const lines = text.split(/\r?\n/);
  if (/^\s*\{.*"queue_name"/m.test(text)) return fromJson(lines);
  if (EXIM_ROW.test(text)) return { writer: "Exim", messages: countOf(lines, EXIM_ROW), faults: [] };
  const writer = /-Queue ID-|-- [0-9]{1,9} Kbytes in/.test(text) || POSTFIX_ROW.test(text) ? "Postfix" : null;
  if (writer === null && !SENDMAIL_ROW.test(text)) return null;
  const isSendmail = /-----Q-ID-----|\bTotal requests:/.test(text);
  const reasons = lines.flatMap((line) => /^\s*\((.{3,600})\)\s*$/.exec(line)?.[1] ?? []);
  return {
    writer: isSendmail ? "Sendmail" : "Postfix",
    messages: countOf(lines, isSendmail ? SENDMAIL_ROW : POSTFIX_ROW),
    faults: grouped(reasons, isSendmail ? "Sendmail" : "Postfix"),
  };
}

/** `postqueue -j`: one object a line, each recipient with its `delay_reason`. */
function fromJson(lines: readonly string[]): QueueListing {
  const reasons: string[] = [];
  let messages = 0;
  for (const line of lines) {
    let message: { readonly recipients?: unknown };
    try {
      message = JSON.parse(line);
    } catch {
      continue;
    }
    if (typeof message !== "object" || message === null) continue;
    messages += 1;
    const recipients = Array.isArray(message.recipients) ? (message.recipients as { readonly delay_reason?: unknown }[]) : [];
    // A message waits once for each reason, however many of its recipients have it.
    const own = recipients.map((recipient) => recipient?.delay_reason).filter((each) => typeof each === "string");
    reasons.push(...new Set(own));
  }
  return { writer: "Postfix", messages, faults: grouped(reasons, "Postfix") };
}

function countOf(lines: readonly string[], row: RegExp): number {
  return lines.filter((line) => row.test(line)).length;
}

/** One fault for each peer, failure and stage. */
function grouped(reasons: readonly string[], writer: PastedFault["writer"]): PastedFault[] {
  const faults = new Map<string, PastedFault>();
  for (const reason of reasons) {
    const words = faultOfWords(reason);
    if (words === null) continue;
    const key = JSON.stringify([words.peer, words.failure, words.stage]);
    const known = faults.get(key);
    if (known !== undefined) faults.set(key, { ...known, count: known.count + 1 });
    else if (faults.size < MOST_FAULTS) faults.set(key, { source: "queue", writer, ...words, status: "deferred", count: 1 });
  }
  return [...faults.values()].toSorted((a, b) => b.count - a.count);
}
