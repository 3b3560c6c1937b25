/** `mxray scan --events`: one recognised event of a mail log. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf } from "../schema-parts.ts";
import { DELIVERY_STATUSES, DIRECTIONS, LOG_TROUBLES, type LogTrouble, MAIL_EVENTS, MAIL_STAGES, MTAS } from "../terms/log-terms.ts";

export const Peer = Type.Object({ name: Nullable(Type.String()), address: Nullable(Type.String()), port: Nullable(Type.Integer()) });
export type Peer = Static<typeof Peer>;

export const MailEvent = Type.Object({
  file: Type.String({ description: "- for stdin" }),
  line: Type.Integer({ description: "counts from 1" }),
  time: Nullable(Type.String({ description: "RFC 3339 in UTC (Z)" })),
  host: Nullable(Type.String()),
  program: Type.String(),
  pid: Nullable(Type.Integer()),
  mta: OneOf(MTAS),
  queueId: Nullable(Type.String()),
  event: OneOf(MAIL_EVENTS),
  direction: Nullable(OneOf(DIRECTIONS)),
  stage: Nullable(OneOf(MAIL_STAGES)),
  command: Nullable(Type.String({ description: "as logged: after DATA" })),
  bytes: Nullable(Type.Integer()),
  peer: Nullable(Peer),
  status: Nullable(OneOf(DELIVERY_STATUSES)),
  dsn: Nullable(Type.String()),
  size: Nullable(Type.Integer()),
  delay: Nullable(Type.Number()),
  delays: Nullable(Type.Array(Type.Number())),
  reason: Nullable(Type.String()),
  /** A delivery record made while the destination is throttled: no attempt took place. */
  copy: Type.Optional(Type.Boolean()),
  /** Of the events client-limit, error-limit, resource, content-filter and queue-io. */
  trouble: Type.Optional(OneOf(Object.keys(LOG_TROUBLES) as [LogTrouble, ...LogTrouble[]])),
  /** Other `key=value` fields of the line, kept as logged. */
  fields: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type MailEvent = Static<typeof MailEvent>;
