/** Where counts go: what `EntryCounter` makes of entries, one method for each thing that can be counted. */
import type { DeliveryStatus, Direction, LogTrouble, MailEvent, PeerSign } from "@mxray/contracts";
import type { HeldLine } from "../entries/held-line.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { NamedPeer } from "../entries/log-peer-name.ts";
import type { MessagePast } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";

/** @typeParam P a peer as the sink knows it @typeParam K by what it knows it again, compared by identity */
export interface CountSink<P, K> {
  /** Where the entry stands that is counted next. */
  at(file: string, line: number): void;
  /** Null for `unknown[unknown]`, which is nobody in particular: a client that was gone before it was looked at. */
  peerOf(named: NamedPeer | null, direction: Direction): P | null;
  keyOf(peer: P): K;
  /** What this sink keeps of the message; null while that is nothing. */
  pastOf(message: QueuedMessage): MessagePast<K, P> | null;
  keepPast(message: QueuedMessage, past: MessagePast<K, P>): void;

  /** A trouble of the host itself. */
  trouble(trouble: LogTrouble, entry: LogEntry): void;
  /** What became of a recipient: each record but copies. */
  record(peer: P | null, status: DeliveryStatus, entry: LogEntry): void;
  /** A message that the peer took, or that was taken from it: once. @param recovered it stalled there before */
  arrived(peer: P, entry: LogEntry, recovered: boolean): void;
  /** The same message for one more recipient. */
  arrivedAgain(peer: P, entry: LogEntry): void;
  /** An attempt or a session that broke and that no delivery record tells of. */
  broken(peer: P, entry: LogEntry): void;
  /** The peer went silent or away, at any stage. */
  stall(peer: P, entry: LogEntry): void;
  /** A stall that is an observation of its own (`StallEpisodes`): its first message, if it has one, is the entry's. */
  episode(peer: P, entry: LogEntry): void;
  /** A message on its way to the peer stalled with its content. @param again it did so before */
  stalledMessage(peer: P, entry: LogEntry, again: boolean): void;
  /** How long the content was under way when it stalled, seconds. */
  stallSeconds(peer: P, entry: LogEntry, seconds: number): void;
  /** An attempt stalled while the recipients were given: how many the message has. */
  stalledRecipients(peer: P, entry: LogEntry, recipients: number): void;
  /** What a line says of the peer besides stalls. @param inRecord in a delivery record, else in a line about an attempt */
  sign(peer: P, sign: PeerSign, entry: LogEntry, inRecord: boolean): void;
  /** A line that reports trouble. */
  writer(peer: P | null, entry: LogEntry): void;
  /** A client broke off after so many bytes of content (`entry.received`). */
  received(peer: P | null, entry: LogEntry): void;
  /** The queue manager gave up, and the peer of the last attempt was this. */
  expired(peer: P, entry: LogEntry): void;
  /** Between two real attempts. @param attempt number of the earlier one, from 1 */
  wait(mta: MailEvent["mta"], attempt: number, seconds: number, entry: LogEntry): void;
  /** A message that waits in the queue, at each deferral. @param fresh this is the first */
  deferred(past: MessagePast<K, P>, entry: LogEntry, fresh: boolean): void;
  /** A message that waited waits no more. */
  left(past: MessagePast<K, P>): void;
  pix(peer: P, entry: LogEntry): void;
  /** A line that did not name its peer's port is of this peer. */
  named(line: HeldLine, peer: P): void;
}
