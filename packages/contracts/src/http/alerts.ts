/** The bodies of `/api/v1/channels` and `/api/v1/alerts`. */
import Type, { type Static } from "typebox";
import { AnyFindingCode, Finding } from "../finding.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { ALERT_EVENTS, ALERT_STATES, CHANNEL_KINDS } from "../terms/alert-terms.ts";
import { SEVERITIES } from "../terms/finding-terms.ts";

const TimeOfDay = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", description: "HH:MM" });

/** Alerts wait from `from` until `to`, past midnight where `to` is earlier. */
export const QuietHours = Type.Object(
  {
    from: TimeOfDay,
    to: TimeOfDay,
    timezone: Type.String({ minLength: 1, maxLength: 64, description: "IANA name, such as Europe/Zurich; UTC" }),
  },
  { additionalProperties: false },
);
export type QuietHours = Static<typeof QuietHours>;

const Address = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@<>,;]+@[^\\s@<>,;]+$" });

export const ChannelRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\p{C}]+$" }),
    kind: OneOf(CHANNEL_KINDS),
    url: Type.String({
      minLength: 1,
      maxLength: 2000,
      description:
        "http or https; for e-mail the relay: smtp://relay.example:25, smtps://user@relay.example. Omit it in a change to keep it.",
    }),
    secret: Type.Optional(
      Type.String({
        maxLength: 1000,
        description:
          "key of the signature, bearer token, routing key or password, by kind. It is never shown again; omit it to keep it, empty removes it.",
      }),
    ),
    secretFrom: Type.Optional(
      Type.String({
        maxLength: 1000,
        pattern: "^(\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}|file:.+)$",
        description: "where `mxray apply` read the secret",
      }),
    ),
    from: Type.Optional(Address),
    to: Type.Optional(Type.Array(Address, { minItems: 1, maxItems: 50 })),
    severities: Type.Optional(
      Type.Array(OneOf(SEVERITIES), { minItems: 1, maxItems: 3, uniqueItems: true, description: "default: warning and critical" }),
    ),
    remindHours: Type.Optional(
      Nullable(Type.Integer({ minimum: 1, maximum: 720, description: "between reminders of an open finding; null: none" })),
    ),
    quiet: Type.Optional(Nullable(QuietHours)),
    paused: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ChannelRequest = Static<typeof ChannelRequest>;

/** What is left out stays as it is. */
export const ChannelChangeRequest = Type.Partial(ChannelRequest, { additionalProperties: false });
export type ChannelChangeRequest = Static<typeof ChannelChangeRequest>;

export const ChannelSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: OneOf(CHANNEL_KINDS),
  url: Type.String({ description: "without its path where the path is a secret" }),
  hasSecret: Type.Boolean(),
  secretFrom: Nullable(Type.String()),
  from: Nullable(Type.String()),
  to: Type.Array(Type.String()),
  severities: Type.Array(OneOf(SEVERITIES)),
  remindHours: Nullable(Type.Integer()),
  quiet: Nullable(QuietHours),
  paused: Type.Boolean(),
  createdAt: Timestamp,
  /** Why its last call failed; null when it did not. */
  trouble: Nullable(Type.String()),
  warnings: Type.Array(Type.String({ description: "such as a relay that is itself monitored" })),
  waiting: Type.Integer({ description: "alerts not delivered yet" }),
  failed: Type.Integer({ description: "alerts given up, after a day of attempts" }),
});
export type ChannelSummary = Static<typeof ChannelSummary>;

export const ChannelList = Type.Object({ channels: Type.Array(ChannelSummary, { description: "by name" }) });
export type ChannelList = Static<typeof ChannelList>;

/** What an alert says of a finding: as it was when the alert was written. */
export const AlertFinding = Type.Pick(Finding, [
  "code",
  "severity",
  "confidence",
  "subject",
  "subjects",
  "title",
  "summary",
  "since",
  "absorbs",
]);
export type AlertFinding = Static<typeof AlertFinding>;

/** One line of the delivery log. */
export const AlertEntry = Type.Object({
  id: Type.String({ description: "the same in every attempt; the receiver gets it, too" }),
  channel: Type.Object({ id: Type.String(), name: Type.String(), kind: OneOf(CHANNEL_KINDS) }),
  event: OneOf(ALERT_EVENTS),
  state: OneOf(ALERT_STATES),
  finding: Nullable(Type.Object({ id: Type.String(), code: AnyFindingCode, title: Type.String() })),
  createdAt: Timestamp,
  dueAt: Nullable(Type.String({ description: "RFC 3339 in UTC: the next attempt" })),
  attempts: Type.Integer(),
  answer: Nullable(Type.String({ description: "what the channel answered last, or why it did not" })),
  endedAt: Nullable(Timestamp),
});
export type AlertEntry = Static<typeof AlertEntry>;

export const AlertList = Type.Object({
  alerts: Type.Array(AlertEntry, { description: "the newest first" }),
  next: Nullable(Type.Integer({ description: "`before` of the next page" })),
});
export type AlertList = Static<typeof AlertList>;

export const AlertQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  before: Type.Optional(Type.Integer({ minimum: 1, description: "`next` of the page before" })),
  channel: Type.Optional(Type.String({ maxLength: 64 })),
  state: Type.Optional(OneOf(ALERT_STATES)),
});
export type AlertQuery = Static<typeof AlertQuery>;

export const AlertAccepted = Type.Object({ id: Type.String() });
