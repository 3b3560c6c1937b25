/**
 * Decides what an entry counts as: which message arrived and which stalled, what is told twice, what is one more attempt. The
 * statistics of a scan and the batches for a store are two sinks of this one interpreter, so that both mean the same. What each
 * number is, `LogStatistics` (contracts) says.
 */
import { type Direction, isBeforeMail, isContentStage, type Peer, type PeerSign, SHORT_SESSION_SECONDS } from "@mxray/contracts";
import { delaysOf } from "../entries/entry-delays.ts";
import { signOfEntry } from "../entries/entry-sign.ts";
import type { HeldLine } from "../entries/held-line.ts";
import { LogEntry } from "../entries/log-entry.ts";
import type { LogFailure } from "../entries/log-failure.ts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import { MessagePast, type PastAtPeer } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { attemptSeconds } from "./attempt-seconds.ts";
import type { CountSink } from "./count-sink.ts";
import { HeldLineKeeper } from "./held-line-keeper.ts";
import { HeldLineEntries } from "./held-lines.ts";
import { QueueCounter } from "./queue-counter.ts";
import { StallEpisodes } from "./stall-episodes.ts";

/** That stalled and whose record is still to come; with one more, all are forgotten. */
const MOST_HANDSHAKES = 2048;
const SPARES = 1000;
/** At which a message stalled; at further ones it did so before. */
const MOST_HOSTS = 20;

export class EntryCounter<P, K> {
  readonly #sink: CountSink<P, K>;
  readonly episodes = new StallEpisodes();
  /** TLS handshakes that stalled, by the process whose next line names the message. */
  readonly #handshakes = new Map<string, { readonly peer: Peer; readonly timeMs: number }>();
  readonly #held = new HeldLineKeeper();
  readonly #queue: QueueCounter<P, K>;
  /** Pasts of messages that left the queue, to be used for others. */
  readonly #spare: MessagePast<K, P>[] = [];
  #heldEntries: HeldLineEntries | null = null;

  constructor(sink: CountSink<P, K>) {
    this.#sink = sink;
    this.#queue = new QueueCounter(sink);
  }

  get holding(): Iterable<QueuedMessage> {
    return this.#held.messages;
  }

  /** Rises whenever a line is held or no longer held. */
  get holdChanges(): number {
    return this.#held.changes;
  }

  /** @param entry completed by the correlator, with an event or without */
  add(entry: LogEntry, file: string, line: number): void {
    const { event, message } = entry;
    if (entry.bot) this.#addClientSign(entry, "bot", file, line);
    if (event === null) {
      if (entry.note === "removed" && message !== null) this.#addRemoved(message);
      return;
    }
    const toldEpisode = this.#held.messages.size > 0 && message !== null && this.#release(entry, message);
    this.#sink.at(file, line);
    if (entry.trouble !== null) {
      this.#sink.trouble(entry.trouble, entry);
      this.#sink.writer(null, entry);
    }
    switch (event) {
      case "delivery":
        this.#addDelivery(entry, toldEpisode);
        return;
      case "queue-active":
        if (message !== null && message.activations === 1) this.#addAccepted(entry, message);
        return;
      case "lost-connection":
      case "timeout":
        if (entry.failure !== null) this.#addBreak(entry, file, line);
        return;
      case "error-limit":
        this.#addRefused(entry);
        return;
      case "pix-workarounds":
        this.#addPix(entry);
        return;
      case "connect-failed":
      case "reject":
      case "tls-failed":
        this.#addSign(entry, entry.direction);
        return;
      case "connect":
      case "disconnect":
      case "client-limit":
      case "resource":
      case "content-filter":
      case "queue-io":
        return;
    }
  }

  /** Goes on with what a former process held. */
  resume(messages: Iterable<QueuedMessage>): void {
    for (const message of messages) this.#held.resume(message, this.#sink.pastOf(message));
  }

  /** No record will come any more: what is held counts as it is. */
  finish(): void {
    for (const message of [...this.#held.messages]) this.#takeHeld(message, null, null, null);
  }

  #addBreak(entry: LogEntry, file: string, line: number): void {
    const episode = this.#isEpisode(entry);
    const { message } = entry;
    const held = message === null ? null : this.#held.lineOf(entry, episode, file, line);
    if (message === null || held === null) {
      this.#addLoss(entry, episode);
      return;
    }
    this.#held.hold(message, this.#past(message), held);
  }

  /**
   * A delivery record ends its process's attempt; when the queue manager takes a message up, all earlier attempts are over.
   *
   * @returns whether the record repeats a line that began an episode
   */
  #release(entry: LogEntry, message: QueuedMessage): boolean {
    if (entry.event === "queue-active") this.#takeHeld(message, null, null, null);
    if (entry.event !== "delivery") return false;
    const told = isStall(entry.failure) ? (entry.peer?.peer ?? null) : null;
    return this.#takeHeld(message, entry.pid, entry.peer?.peer.port ?? null, told);
  }

  /**
   * @param pid of the process whose lines are wanted; null for all @param told whose stall the record reports itself: lines about
   *   the same are too many
   * @returns whether one of those began an episode
   */
  #takeHeld(message: QueuedMessage, pid: number | null, port: number | null, told: Peer | null): boolean {
    const lines = this.#held.take(message, this.#sink.pastOf(message), pid);
    let episode = false;
    for (const line of lines) {
      this.#held.release(line);
      if (told !== null && isSameHost(line.peer, told)) episode ||= line.episode;
      else this.countHeld(line, message, port);
    }
    return episode;
  }

  /** @param port the record's, null where none is known */
  countHeld(line: HeldLine, message: QueuedMessage, port: number | null): void {
    this.#heldEntries ??= new HeldLineEntries();
    const entry = this.#heldEntries.of(line, message, port);
    this.#sink.at(line.file, line.line);
    const peer = this.#sink.peerOf(entry.peer, "outbound");
    if (peer !== null && port !== null && line.peer.port === null) this.#sink.named(line, peer);
    this.#addLoss(entry, line.episode);
  }

  #addRemoved(message: QueuedMessage): void {
    if (this.#held.messages.has(message)) this.#takeHeld(message, null, null, null);
    const past = this.#sink.pastOf(message);
    if (past === null) return;
    this.#queue.left(past);
    if (this.#spare.length >= SPARES) return;
    past.clear();
    this.#spare.push(past);
  }

  /** A message is accepted from its client when the queue manager first takes it up. */
  #addAccepted(entry: LogEntry, message: QueuedMessage): void {
    const peer = this.#sink.peerOf(message.client, "inbound");
    if (peer !== null) this.#addArrived(peer, entry, false, message.client);
  }

  /** @param toldEpisode a line that the record repeats began an episode */
  #addDelivery(entry: LogEntry, toldEpisode: boolean): void {
    const { status, message, copy } = entry;
    if (status === null) return;
    const peer = copy ? null : this.#sink.peerOf(entry.peer, "outbound");
    if (!copy) this.#sink.record(peer, status, entry);
    // By far the most: a message with one recipient, delivered at once.
    if (message !== null && status === "sent" && message.recipients === 1 && this.#sink.pastOf(message) === null) {
      if (peer !== null) this.#addArrived(peer, entry, false, entry.peer);
      return;
    }
    if (peer !== null) {
      if (status === "sent") this.#addSent(peer, entry);
      else if (this.#repeatsHandshake(peer, entry)) this.#sink.writer(peer, entry);
      else if (isStall(entry.failure)) this.#addStalledDelivery(peer, entry, this.#isEpisode(entry) || toldEpisode);
      else this.#addSign(entry, "outbound");
    }
    if (message !== null) this.#queue.add(entry, message, this.#past(message), peer);
  }

  #addSent(peer: P, entry: LogEntry): void {
    const known = this.#pastAt(entry, peer);
    if (known === null) {
      this.#addArrived(peer, entry, false, entry.peer);
      return;
    }
    if (known.sent) this.#sink.arrivedAgain(peer, entry);
    else this.#addArrived(peer, entry, known.stalled, entry.peer);
    known.recovered ||= known.stalled;
    known.sent = true;
  }

  #addArrived(peer: P, entry: LogEntry, recovered: boolean, named: NamedPeer | null): void {
    this.#sink.arrived(peer, entry, recovered);
    if (named !== null) this.episodes.arrived(entry.event === "delivery" ? "outbound" : "inbound", named, entry.timeMs);
  }

  #addStalledDelivery(peer: P, entry: LogEntry, episode: boolean): void {
    this.#addStall(peer, entry, "outbound", episode);
    const delays = delaysOf(entry);
    if (delays !== null && isContentStage(entry.stage)) this.#sink.stallSeconds(peer, entry, delays[3]);
  }

  #addLoss(entry: LogEntry, episode: boolean): void {
    const { direction, program, message } = entry;
    if (direction === null) return;
    // Sendmail's delivery line follows and tells the same.
    if (program.mta === "sendmail" && direction === "outbound" && message !== null) return;
    const peer = this.#sink.peerOf(entry.peer, direction);
    if (direction === "inbound" && entry.received >= 0) this.#sink.received(peer, entry);
    if (peer === null) return;
    this.#addStall(peer, entry, direction, episode);
    this.#sink.broken(peer, entry);
    if (direction === "outbound" && message === null && entry.stage === "starttls" && entry.peer !== null) {
      if (this.#handshakes.size >= MOST_HANDSHAKES) this.#handshakes.clear();
      this.#handshakes.set(processOf(entry), { peer: entry.peer.peer, timeMs: entry.timeMs });
    }
    if (direction === "inbound" && entry.sessionSeconds >= 0 && isBeforeMail(entry.stage)) {
      this.#sink.sign(peer, entry.sessionSeconds > SHORT_SESSION_SECONDS ? "slow-session" : "short-session", entry, false);
    }
  }

  /** Postfix logs a handshake that stalls before the record of its attempt, without a queue id: that line was counted. */
  #repeatsHandshake(peer: P, entry: LogEntry): boolean {
    if (this.#handshakes.size === 0) return false;
    const told = this.#handshakes.get(processOf(entry));
    if (told === undefined) return false;
    this.#handshakes.delete(processOf(entry));
    if (entry.peer === null || !isSameHost(told.peer, entry.peer.peer) || entry.stage !== "starttls") return false;
    // The record is the failure, so the line is none of its own.
    this.#sink.broken(peer, Object.assign(new LogEntry(), entry, { times: -1, timeMs: told.timeMs }));
    return true;
  }

  /** Asked once for each stall, in the order of the log. */
  #isEpisode(entry: LogEntry): boolean {
    const { direction, stage, peer, message } = entry;
    if (direction === null || peer === null) return false;
    if (direction === "outbound" && message !== null && isContentStage(stage)) {
      // A message that stalls at each attempt may be the trouble itself.
      const past = this.#past(message);
      const host = peer.peer.address ?? peer.peer.name ?? "";
      if (past.stalledAt.includes(host)) return false;
      if (past.stalledAt.length < MOST_HOSTS) past.stalledAt = [...past.stalledAt, host];
    }
    return this.episodes.counts(direction, peer, stage ?? "unknown", entry.timeMs - attemptSeconds(entry) * 1000);
  }

  #addStall(peer: P, entry: LogEntry, direction: Direction, episode: boolean): void {
    this.#sink.stall(peer, entry);
    if (episode) this.#sink.episode(peer, entry);
    this.#sink.writer(peer, entry);
    const recipients = entry.message?.recipients ?? -1;
    if (direction === "outbound" && entry.stage === "rcpt" && recipients > 0) this.#sink.stalledRecipients(peer, entry, recipients);
    if (direction === "inbound" || !isContentStage(entry.stage)) return;
    const known = this.#pastAt(entry, peer);
    if (known === null) return;
    this.#sink.stalledMessage(peer, entry, known.stalled);
    known.stalled = true;
  }

  #addClientSign(entry: LogEntry, sign: PeerSign, file: string, line: number): void {
    const peer = this.#sink.peerOf(entry.peer, "inbound");
    if (peer === null) return;
    this.#sink.at(file, line);
    this.#sink.sign(peer, sign, entry, false);
  }

  #addSign(entry: LogEntry, direction: Direction | null): void {
    const sign = signOfEntry(entry);
    if (sign === null || direction === null) return;
    const peer = this.#sink.peerOf(entry.peer, direction);
    if (peer === null) return;
    this.#sink.sign(peer, sign, entry, entry.event === "delivery");
    this.#sink.writer(peer, entry);
  }

  #addRefused(entry: LogEntry): void {
    const peer = this.#sink.peerOf(entry.peer, "inbound");
    if (peer !== null) this.#sink.broken(peer, entry);
  }

  #addPix(entry: LogEntry): void {
    const peer = this.#sink.peerOf(entry.peer, "outbound");
    if (peer !== null) this.#sink.pix(peer, entry);
  }

  #pastAt({ message }: LogEntry, peer: P): PastAtPeer<K> | null {
    return message === null ? null : this.#past(message).at(this.#sink.keyOf(peer));
  }

  #past(message: QueuedMessage): MessagePast<K, P> {
    const known = this.#sink.pastOf(message);
    if (known !== null) return known;
    const fresh = this.#spare.pop() ?? new MessagePast<K, P>();
    this.#sink.keepPast(message, fresh);
    return fresh;
  }
}

function processOf({ host, pid }: LogEntry): string {
  return `${host.number} ${pid}`;
}

function isSameHost(a: Peer, b: Peer): boolean {
  return a.name === b.name && a.address === b.address;
}

/** The peer went silent or away; an answer that nobody likes is none. */
function isStall(failure: LogFailure | null): boolean {
  return failure === "timeout" || failure === "lost-connection" || failure === "peer-timeout";
}
