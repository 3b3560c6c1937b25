/** A stress run: what was asked, what was measured and what gave way. */
import Type, { type Static } from "typebox";
import { Finding } from "../finding.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { STRESS_LIMITS, STRESS_STAGES, STRESS_STOPS, type StressStage } from "../terms/stress-terms.ts";

const Count = Type.Integer({ minimum: 0 });
const Latency = Nullable(Type.Number({ description: "milliseconds; null where nothing was measured" }));

export const StressPercentiles = Type.Object({ p50: Latency, p90: Latency, p99: Latency, p999: Latency, max: Latency });
export type StressPercentiles = Static<typeof StressPercentiles>;

/** The load that was asked for, defaults filled in. Credentials are never part of it. */
export const StressOptions = Type.Object({
  sessions: Type.Integer({ minimum: 1, description: "connections at most at one time" }),
  perSession: Type.Integer({ minimum: 1, description: "messages in one connection" }),
  messages: Nullable(Type.Integer({ minimum: 1, description: "messages in all; null: until `seconds` are over" })),
  seconds: Nullable(Type.Number({ exclusiveMinimum: 0, description: "null: until `messages` are sent" })),
  rate: Nullable(
    Type.Number({ exclusiveMinimum: 0, description: "messages due per second (open loop); null: as fast as the sessions go" }),
  ),
  ramp: Type.Number({ minimum: 0, description: "seconds over which the rate rises from 0" }),
  steps: Type.Integer({ minimum: 0, description: "the rate rises in so many equal steps; 0: no steps" }),
  spike: Type.Number({ minimum: 1, description: "factor of the rate in the middle third; 1: no spike" }),
  size: Type.Object({ least: Type.Integer({ minimum: 1 }), most: Type.Integer({ minimum: 1 }) }, { description: "bytes of a message" }),
  from: Type.String(),
  recipients: Type.Array(Type.String(), { minItems: 1 }),
  helo: Type.String(),
  starttls: Type.Boolean(),
  lmtp: Type.Boolean(),
  pipelining: Type.Boolean(),
  timeoutSeconds: Type.Number({ exclusiveMinimum: 0, description: "the wait for one answer" }),
  seed: Type.Integer({ minimum: 0 }),
});
export type StressOptions = Static<typeof StressOptions>;

/** One second of a run. */
export const StressSecond = Type.Object({
  second: Count,
  due: Count,
  accepted: Count,
  deferred: Count,
  rejected: Count,
  reset: Count,
  timedOut: Count,
  /** Of the messages that ended in this second, from their due time. */
  p50: Latency,
  p99: Latency,
  waiting: Count,
  connected: Count,
  /** Connections past their greeting: what the target really serves at one time. */
  served: Count,
  host: Type.Optional(Type.Record(Type.String(), Type.Number())),
});
export type StressSecond = Static<typeof StressSecond>;

export const StressLimit = Type.Object({
  kind: OneOf(STRESS_LIMITS),
  evidence: Type.Array(Type.String()),
  /** Messages per second that the target took before it gave way; null where it did not. */
  kneeRate: Nullable(Type.Number()),
  /** What to change, the mildest first. */
  changes: Type.Array(Type.String()),
});
export type StressLimit = Static<typeof StressLimit>;

export const StressRun = Type.Object({
  schema: Type.Literal("mxray.stress/1"),
  target: Type.String(),
  address: Type.String(),
  run: Type.Object({ id: Type.String(), by: Type.String(), startedAt: Timestamp, seconds: Type.Number() }),
  options: StressOptions,
  calibration: Type.Object(
    { rate: Type.Number(), p99Ms: Latency },
    { description: "the same load against a sink on this machine, as fast as it goes: what the generator can do" },
  ),
  /** `unsent`: due, and the run ended before a connection was free. */
  counts: Type.Object({ accepted: Count, deferred: Count, rejected: Count, reset: Count, timedOut: Count, unsent: Count }),
  rate: Type.Object({ offered: Nullable(Type.Number()), achieved: Type.Number() }),
  latencyMs: Type.Object({ fromDue: StressPercentiles, fromStart: StressPercentiles }),
  stagesMs: Type.Partial(
    Type.Object(
      Object.fromEntries(STRESS_STAGES.map((stage) => [stage, StressPercentiles])) as Record<StressStage, typeof StressPercentiles>,
    ),
  ),
  /** Percentile and milliseconds from the due time, for a chart. */
  curve: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
  /** Answers other than 2xx and 3xx, the most frequent first, at most 20. */
  answers: Type.Array(Type.Object({ text: Type.String(), count: Count })),
  series: Type.Array(StressSecond),
  host: Nullable(Type.Record(Type.String(), Type.Number())),
  limit: StressLimit,
  stopped: Nullable(Type.Object({ why: OneOf(STRESS_STOPS), text: Type.String() })),
  findings: Type.Array(Finding),
});
export type StressRun = Static<typeof StressRun>;
