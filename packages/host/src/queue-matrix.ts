/**
 * Sums the listing of `postqueue -j` (one JSON object a line for each message) by destination, reason and age, in bounded memory
 * however long the queue is. Of an address only its domain is kept, of a reason only what it means.
 *
 * Source: Postfix, postqueue(1) and qshape(1).
 */
import { type MailQueue, type PastedFault, QUEUE_AGES, QUEUE_REASONS, type QueueDestination, type QueueReason } from "@mxray/contracts";

/** What the words of a reason mean; null where they mean nothing known. */
export type ReasonReader = (words: string) => Pick<PastedFault, "failure" | "stage" | "dsn" | "peer"> | null;

export interface QueueMatrixOptions {
  readonly now: Date;
  readonly readReason: ReasonReader;
  /** Messages that are counted; reading ends there. */
  readonly most?: number;
}

type Cause = Pick<QueueReason, "reason" | "stage" | "dsn" | "peer">;

const MINUTE_MS = 60_000;
const MOST_MESSAGES = 200_000;
/** Destinations that are told apart, and those in the result. */
const MOST_DESTINATIONS = 20_000;
const SHOWN_DESTINATIONS = 100;
const MOST_REASONS = 12;
const MOST_PEERS = 50;
/** Postfix writes the same reason to many messages. */
const REMEMBERED_REASONS = 4096;
const LONGEST_REASON = 1000;
const DOMAIN = /^(?:[\p{L}\p{N}_][\p{L}\p{N}._-]{0,254}|\[[0-9A-Za-z:.]{2,60}\])$/u;
const OTHER: Cause = { reason: "other", stage: null, dsn: null, peer: null };
const KINDS: ReadonlySet<string> = new Set(QUEUE_REASONS);

/** A queue that cannot be read, with the reason and the remedy. */
export function missingQueue(missing: string, at = new Date()): MailQueue {
  return { ...new QueueSum().body(at), missing };
}

/** @param lines the listing; what is not understood makes the result incomplete */
export async function queueMatrix(lines: AsyncIterable<string>, options: QueueMatrixOptions): Promise<MailQueue> {
  const { now, readReason, most = MOST_MESSAGES } = options;
  const sum = new QueueSum();
  const causes = new Map<string, Cause>();
  const causeOf = (words: string) => {
    const known = causes.get(words);
    if (known !== undefined) return known;
    const cause = causeIn(readReason(words));
    if (causes.size >= REMEMBERED_REASONS) causes.clear();
    causes.set(words, cause);
    return cause;
  };
  for await (const line of lines) {
    if (line === "") continue;
    const message = messageIn(line);
    if (message === null) sum.complete = false;
    else if (sum.messages < most) sum.addMessage(message, now.getTime(), causeOf);
    else {
      sum.complete = false;
      break;
    }
  }
  const nothing = sum.messages === 0 && !sum.complete;
  return nothing ? missingQueue("'postqueue -j' printed something else than a list of messages.", now) : sum.body(now);
}

interface Message {
  readonly queue: string;
  readonly arrivedMs: number;
  readonly recipients: readonly { readonly address: string; readonly words: string | null }[];
}

/** Null for what is no message. */
function messageIn(line: string): Message | null {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { queue_name: queue, arrival_time: arrived, recipients } = value ?? {};
  if (typeof queue !== "string" || !/^[a-z]{1,20}$/.test(queue) || typeof arrived !== "number" || !Array.isArray(recipients)) return null;
  if (!(Math.abs(arrived) < 1e11)) return null;
  return {
    queue,
    arrivedMs: arrived * 1000,
    recipients: recipients.map((each) => ({
      address: typeof each?.address === "string" ? each.address : "",
      words: typeof each?.delay_reason === "string" ? each.delay_reason.slice(0, LONGEST_REASON) : null,
    })),
  };
}

function causeIn(fault: ReturnType<ReasonReader>): Cause {
  if (fault === null) return OTHER;
  const { failure, stage, dsn, peer } = fault;
  return { reason: KINDS.has(failure) ? (failure as Cause["reason"]) : "other", stage, dsn, peer };
}

/** Lower case; null where there is none, or what is behind the last @ is part of a quoted name. */
function domainOf(address: string): string | null {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return address.includes("@") && DOMAIN.test(domain) ? domain : null;
}

class WaitingSum {
  messages = 0;
  readonly #ages = Array<number>(QUEUE_AGES.length + 1).fill(0);
  #oldestMs = Number.POSITIVE_INFINITY;

  add(arrivedMs: number, nowMs: number): void {
    const minutes = (nowMs - arrivedMs) / MINUTE_MS;
    const age = QUEUE_AGES.findIndex((limit) => minutes < limit);
    const place = age === -1 ? QUEUE_AGES.length : age;
    this.messages += 1;
    this.#ages[place] = (this.#ages[place] ?? 0) + 1;
    this.#oldestMs = Math.min(this.#oldestMs, arrivedMs);
  }

  waiting(): Pick<QueueReason, "messages" | "ages" | "oldest"> {
    return { messages: this.messages, ages: this.#ages, oldest: this.messages === 0 ? null : new Date(this.#oldestMs).toISOString() };
  }
}

class ReasonSum extends WaitingSum {
  readonly #cause: Cause;
  readonly #peers = new Map<string, { readonly peer: NonNullable<Cause["peer"]>; messages: number }>();

  constructor(cause: Cause) {
    super();
    this.#cause = cause;
  }

  addPeer({ peer }: Cause): void {
    if (peer === null) return;
    const key = JSON.stringify(peer);
    const known = this.#peers.get(key);
    if (known !== undefined) known.messages += 1;
    else if (this.#peers.size < MOST_PEERS) this.#peers.set(key, { peer, messages: 1 });
  }

  body(): QueueReason {
    const [first] = mostFirst([...this.#peers.values()]);
    return { ...this.#cause, ...this.waiting(), peer: first?.peer ?? null };
  }
}

class DestinationSum extends WaitingSum {
  readonly #reasons = new Map<string, ReasonSum>();

  reason(cause: Cause): ReasonSum {
    const key = keyOf(cause);
    const known = this.#reasons.get(key);
    if (known !== undefined) return known;
    if (this.#reasons.size >= MOST_REASONS && key !== keyOf(OTHER)) return this.reason(OTHER);
    const fresh = new ReasonSum(cause);
    this.#reasons.set(key, fresh);
    return fresh;
  }

  body(domain: string | null): QueueDestination {
    return { domain, ...this.waiting(), reasons: mostFirst([...this.#reasons.values()].map((reason) => reason.body())) };
  }
}

class QueueSum extends WaitingSum {
  complete = true;
  readonly #queues: Record<string, number> = {};
  readonly #destinations = new Map<string | null, DestinationSum>();
  #others = 0;

  addMessage({ queue, arrivedMs, recipients }: Message, nowMs: number, causeOf: (words: string) => Cause): void {
    this.add(arrivedMs, nowMs);
    this.#queues[queue] = (this.#queues[queue] ?? 0) + 1;
    const causes = new Map<string | null, Map<string, Cause>>();
    for (const { address, words } of recipients) {
      const cause = words === null || queue === "hold" ? untold(queue) : causeOf(words);
      const domain = domainOf(address);
      const known = causes.get(domain) ?? new Map<string, Cause>();
      causes.set(domain, known.set(keyOf(cause), cause));
    }
    for (const [domain, own] of causes) {
      const destination = this.#destination(domain);
      if (destination === null) continue;
      destination.add(arrivedMs, nowMs);
      const reasons = new Map([...own.values()].map((cause) => [destination.reason(cause), cause]));
      for (const [reason, cause] of reasons) {
        reason.add(arrivedMs, nowMs);
        reason.addPeer(cause);
      }
    }
  }

  #destination(domain: string | null): DestinationSum | null {
    const known = this.#destinations.get(domain);
    if (known !== undefined) return known;
    if (this.#destinations.size >= MOST_DESTINATIONS) {
      this.#others += 1;
      return null;
    }
    const fresh = new DestinationSum();
    this.#destinations.set(domain, fresh);
    return fresh;
  }

  body(now: Date): MailQueue {
    const sorted = mostFirst([...this.#destinations].map(([domain, sum]) => ({ domain, sum, messages: sum.messages })));
    const others = sorted.slice(SHOWN_DESTINATIONS);
    return {
      at: now.toISOString(),
      missing: null,
      complete: this.complete,
      ...this.waiting(),
      queues: this.#queues,
      destinations: sorted.slice(0, SHOWN_DESTINATIONS).map(({ domain, sum }) => sum.body(domain)),
      others: {
        destinations: others.length,
        messages: others.reduce((total, { messages }) => total + messages, this.#others),
      },
    };
  }
}

/** Why a recipient waits for whom no attempt has failed. */
function untold(queue: string): Cause {
  return { ...OTHER, reason: queue === "hold" ? "held" : queue === "deferred" ? "other" : "untried" };
}

function keyOf({ reason, stage, dsn }: Cause): string {
  return `${reason} ${stage} ${dsn}`;
}

function mostFirst<T extends { readonly messages: number }>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => b.messages - a.messages);
}
