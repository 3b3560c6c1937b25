/**
 * The body of `/api/v1/queue`: the messages that wait in a machine's mail queue, by destination, reason and age. It holds no
 * mail address, subject, queue id or words of a reply.
 */
import Type, { type Static } from "typebox";
import { Peer } from "../logs/mail-event.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { MAIL_STAGES } from "../terms/log-terms.ts";
import { QUEUE_AGES, QUEUE_REASONS } from "../terms/queue-terms.ts";

const WAITING = {
  messages: Type.Integer({ minimum: 0 }),
  ages: Type.Array(Type.Integer({ minimum: 0 }), {
    minItems: QUEUE_AGES.length + 1,
    maxItems: QUEUE_AGES.length + 1,
    description: `messages younger than ${QUEUE_AGES.join(", ")} minutes, each without those before; then the older ones`,
  }),
  /** When the oldest arrived; null without messages. */
  oldest: Nullable(Timestamp),
};

export const QueueReason = Type.Object({
  reason: OneOf(QUEUE_REASONS),
  stage: Nullable(OneOf(MAIL_STAGES)),
  dsn: Nullable(Type.String({ description: "enhanced status code, such as 4.7.1" })),
  ...WAITING,
  /** The host that most of these messages name. */
  peer: Nullable(Peer),
});
export type QueueReason = Static<typeof QueueReason>;

export const QueueDestination = Type.Object({
  /** Null: the recipient has no domain. */
  domain: Nullable(Type.String()),
  /** A message with several recipients in one domain counts once. */
  ...WAITING,
  reasons: Type.Array(QueueReason, { description: "the most frequent first; a message with two reasons counts for both" }),
});
export type QueueDestination = Static<typeof QueueDestination>;

export const MailQueue = Type.Object({
  at: Timestamp,
  /** Why the queue cannot be read here; everything else is empty. */
  missing: Nullable(Type.String()),
  /** False: reading ended before the end of the queue, so every figure is a lower bound. */
  complete: Type.Boolean(),
  ...WAITING,
  /** Messages in each of the mail server's queues. */
  queues: Type.Record(Type.String(), Type.Integer()),
  destinations: Type.Array(QueueDestination, { maxItems: 100, description: "those with the most messages first" }),
  /** What is not in `destinations`; a message to two of these counts twice. */
  others: Type.Object({ destinations: Type.Integer(), messages: Type.Integer() }),
});
export type MailQueue = Static<typeof MailQueue>;
