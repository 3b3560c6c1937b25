/** The bodies of `/api/v1/agents`, and of `/agent/v1`, where agents report. */
import Type, { type Static } from "typebox";
import { LOG_MEASURE_PATTERN, type LogBatch as LogBatchType } from "../logs/log-batch.ts";
import { MailEvent } from "../logs/mail-event.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { HostGauge, HostSample } from "../stress/host-sample.ts";
import { AGENT_STATES } from "../terms/agent-terms.ts";
import { DIRECTIONS, LOG_SOURCE_STATES } from "../terms/log-terms.ts";
import { PEER_REACHES } from "../terms/peer-terms.ts";
import { LiveDeliveries } from "./live-deliveries.ts";
import { MailQueue } from "./mail-queue.ts";
import { VantageName } from "./vantages.ts";

export const AgentSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: OneOf(AGENT_STATES),
  createdAt: Timestamp,
  /** Until then its token can be used. */
  enrolUntil: Nullable(Timestamp),
  enrolledAt: Nullable(Timestamp),
  revokedAt: Nullable(Timestamp),
  lastSeenAt: Nullable(Timestamp),
  host: Nullable(Type.String({ description: "as the machine calls itself" })),
  version: Nullable(Type.String()),
  skewMs: Nullable(Type.Number({ description: "its clock minus this server's, milliseconds" })),
  logs: Type.Integer({ description: "followed by it" }),
});
export type AgentSummary = Static<typeof AgentSummary>;

export const AgentList = Type.Object({ agents: Type.Array(AgentSummary) });
export type AgentList = Static<typeof AgentList>;

export const AgentRequest = Type.Object(
  {
    name: VantageName,
  },
  { additionalProperties: false },
);
export type AgentRequest = Static<typeof AgentRequest>;

/** Shown once: only the token's hash is stored. */
export const AgentInvitation = Type.Object({
  agent: AgentSummary,
  token: Type.String({ description: "the agent trades it for its secret; works once" }),
  expiresAt: Timestamp,
  loopback: Type.Boolean({ description: "the server's address in the command leads to the server's own machine only" }),
  command: Type.String({ description: "to be run on the agent's machine; it reads the token from standard input" }),
});
export type AgentInvitation = Static<typeof AgentInvitation>;

export const AgentEnrolment = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false });
export type AgentEnrolment = Static<typeof AgentEnrolment>;

export const AgentSecret = Type.Object({ id: Type.String(), name: Type.String(), secret: Type.String() });
export type AgentSecret = Static<typeof AgentSecret>;

const Location = Type.String({ minLength: 1, maxLength: 1000 });
const Instant = Type.String({ format: "date-time", maxLength: 40 });
const Text = (most: number) => Type.String({ maxLength: most });
const SentAt = Type.String({ format: "date-time", description: "by the agent's clock" });

/** What an agent says when it begins: the server answers with how far it has each log. */
export const AgentHello = Type.Object(
  { sentAt: SentAt, host: Type.String({ minLength: 1, maxLength: 255 }), logs: Type.Array(Location, { maxItems: 100 }) },
  { additionalProperties: false },
);
export type AgentHello = Static<typeof AgentHello>;

const Memory = Type.Object({
  key: Text(1000),
  value: Nullable(Text(20_000)),
  waitingSince: Nullable(Instant),
  destination: Nullable(Text(1000)),
});

export const AgentLog = Type.Object({
  id: Type.Integer(),
  location: Location,
  createdAt: Timestamp,
  revision: Type.Integer(),
  position: Type.Unknown(),
  lines: Type.Integer(),
  recognised: Type.Integer(),
  lastLineAt: Nullable(Timestamp),
  memories: Type.Array(Memory),
});
export type AgentLog = Static<typeof AgentLog>;

export const AgentWelcome = Type.Object({ logs: Type.Array(AgentLog) });
export type AgentWelcome = Static<typeof AgentWelcome>;

const Count = Type.Integer({ minimum: 0, maximum: 1e9 });
const CountedPeer = Type.Object({
  name: Nullable(Text(255)),
  address: Nullable(Text(255)),
  port: Nullable(Type.Integer({ minimum: 0, maximum: 65_535 })),
  direction: OneOf(DIRECTIONS),
  reach: OneOf(PEER_REACHES),
});
/** Also the largest instant that a date can hold, in seconds. */
const Whole = Type.Integer({ minimum: -8.64e12, maximum: 8.64e12 });
const LogBatch = Type.Unsafe<LogBatchType>(
  Type.Object({
    lines: Count,
    recognised: Count,
    counts: Type.Array(
      Type.Object({
        start: Whole,
        peer: Nullable(CountedPeer),
        measure: Type.String({ pattern: LOG_MEASURE_PATTERN }),
        note: Text(1000),
        value: Whole,
        count: Whole,
        least: Nullable(Whole),
        most: Nullable(Whole),
      }),
    ),
    events: Type.Array(
      Type.Object({ peer: Nullable(CountedPeer), event: Type.Object({ ...MailEvent.properties, time: Nullable(Instant) }) }),
    ),
    memories: Type.Array(Memory),
    moves: Type.Array(Type.Object({ queueId: Text(255), time: Nullable(Instant), from: CountedPeer, to: CountedPeer })),
    firstLineAt: Nullable(Instant),
    lastLineAt: Nullable(Instant),
  }),
);

/** What was read of one log. The same batch twice counts once: its revision says after which other one it comes. */
export const AgentBatch = Type.Object(
  { revision: Type.Integer({ minimum: 0 }), position: Type.Unknown(), batch: LogBatch },
  { additionalProperties: false },
);
export type AgentBatch = Static<typeof AgentBatch>;

const FollowState = Type.Object({
  id: Type.Integer(),
  state: OneOf(LOG_SOURCE_STATES),
  lines: Type.Integer(),
  recognised: Type.Integer(),
  lastLineAt: Nullable(Instant),
  linesPerSecond: Type.Number(),
  lagBytes: Type.Integer(),
  secondsLeft: Nullable(Type.Number()),
  notice: Nullable(Text(1000)),
});

/** That it lives, and how the logs stand that changed. */
export const AgentReport = Type.Object(
  { sentAt: SentAt, host: Type.String({ minLength: 1, maxLength: 255 }), logs: Type.Array(FollowState, { maxItems: 100 }) },
  { additionalProperties: false },
);
export type AgentReport = Static<typeof AgentReport>;

const MOST_GAUGES = 60;

/** How its machine is. What is null did not change, or was not read again. */
export const AgentMachine = Type.Object(
  {
    sentAt: SentAt,
    sample: Nullable(
      Type.Object({ ...HostSample.properties, gauges: Type.Record(Type.String(), HostGauge, { maxProperties: MOST_GAUGES }) }),
    ),
    live: LiveDeliveries,
    queue: Nullable(MailQueue),
  },
  { additionalProperties: false },
);
export type AgentMachine = Static<typeof AgentMachine>;

/** It asks for work, and waits for some. */
export const AgentWorkRequest = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 255 }),
    after: Type.Integer({ minimum: 0, description: "what it was given up to there has arrived; 0 at first" }),
    addresses: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100, description: "of its machine" })),
  },
  { additionalProperties: false },
);
export type AgentWorkRequest = Static<typeof AgentWorkRequest>;
