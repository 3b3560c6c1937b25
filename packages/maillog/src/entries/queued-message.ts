/**
 * What is known of a message while it is in the queue, by its queue id: filled by the correlator, and by the statistics for
 * what counts once per message. Domains only, no addresses.
 */
import type { CountedPeer, MailStage } from "@mxray/contracts";
import type { LogFailure } from "./log-failure.ts";
import type { NamedPeer } from "./log-peer-name.ts";
import type { MessagePast } from "./message-past.ts";

export class QueuedMessage {
  /** Bytes; -1 until the queue manager's line was seen. */
  size = -1;
  /** Recipients; -1 until then. */
  recipients = -1;
  /** Domain of the envelope sender; null for the null sender and until it is known. */
  senderDomain: string | null = null;
  /** The client that it was taken from; null when it came otherwise or that line was not seen. */
  client: NamedPeer | null = null;
  /** How often the queue manager took it up. */
  activations = 0;
  /** Where the attempt broke whose delivery line is still to come (Sendmail). */
  broken: { readonly failure: LogFailure; readonly stage: MailStage; readonly command: string | null } | null = null;
  /** Set once its content failed to arrive (Sendmail, which then reports it in up to three lines): whether the loss was reported. */
  collection: "unreported" | "reported" | null = null;
  /** What the statistics know of its past, by their own records of peers. */
  memory: MessagePast<object, object> | null = null;
  /** What counting in batches knows of it. */
  past: MessagePast<string, CountedPeer> | null = null;

  /** To be used for another message. */
  clear(): void {
    this.size = -1;
    this.recipients = -1;
    this.senderDomain = null;
    this.client = null;
    this.activations = 0;
    this.broken = null;
    this.collection = null;
    this.memory = null;
    this.past = null;
  }
}
