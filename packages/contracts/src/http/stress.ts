/** The bodies of `/api/v1/stress`: load tests of the hosts that the server's targets file lists. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { StressOptions, StressRun, StressSecond } from "../stress/stress-run.ts";
import { STRESS_LIMITS, STRESS_STATES, STRESS_STEPS } from "../terms/stress-terms.ts";

/** What the targets file says of one host; credentials never leave the server. */
export const StressTargetInfo = Type.Object({
  target: Type.String({ description: "as the file has it, such as `relay1.example.test:587`" }),
  host: Type.String({ description: "what must be typed to confirm a run" }),
  recipientDomains: Type.Array(Type.String()),
  credentials: Type.Boolean({ description: "a run signs in" }),
  proof: Nullable(Type.String({ description: "how a public host shows that it agrees; null: private addresses only" })),
});
export type StressTargetInfo = Static<typeof StressTargetInfo>;

export const StressTargetList = Type.Object({
  targets: Type.Array(StressTargetInfo),
  /** Why there are none; null where there are. */
  problem: Nullable(Type.String()),
});
export type StressTargetList = Static<typeof StressTargetList>;

export const StressRequest = Type.Object(
  {
    target: Type.String({ maxLength: 300, description: "a line of the targets file" }),
    confirm: Type.String({ maxLength: 300, description: "the host of the target, typed again" }),
    load: Type.Partial(StressOptions, { additionalProperties: false, description: "what is left out has a default" }),
  },
  { additionalProperties: false },
);
export type StressRequest = Static<typeof StressRequest>;

export const StressRunSummary = Type.Object({
  id: Type.String(),
  target: Type.String(),
  address: Type.String(),
  by: Type.String({ description: "who started it" }),
  startedAt: Timestamp,
  endedAt: Nullable(Timestamp),
  state: OneOf(STRESS_STATES),
  /** Why it failed, or that it was cut. */
  problem: Nullable(Type.String()),
  options: StressOptions,
  /** Null until it has ended. */
  result: Nullable(
    Type.Object({
      limit: OneOf(STRESS_LIMITS),
      achieved: Type.Number({ description: "messages accepted per second" }),
      p99Ms: Nullable(Type.Number({ description: "from the due time" })),
      accepted: Type.Integer(),
      failed: Type.Integer(),
    }),
  ),
});
export type StressRunSummary = Static<typeof StressRunSummary>;

export const StressRunList = Type.Object({ runs: Type.Array(StressRunSummary) });
export type StressRunList = Static<typeof StressRunList>;

export const StressRunDetail = Type.Interface([StressRunSummary], {
  /** What it does at the moment; null when it has ended. */
  step: Nullable(OneOf(STRESS_STEPS)),
  /** Null until it has ended, and of one that was cut. */
  run: Nullable(StressRun),
  /** What was measured so far, also of one that was cut. */
  series: Type.Array(StressSecond),
});
export type StressRunDetail = Static<typeof StressRunDetail>;

/** What a reader without account gets of a run: `/s/<token>.json`, and the data inlined in the page. */
export const SharedStress = Type.Object({
  schema: Type.Literal("mxray.stress-share/1"),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  note: Nullable(Type.String()),
  /** True where mail addresses and names of people and of this machine were taken out. */
  redacted: Type.Boolean(),
  run: StressRun,
  /** The run before it of the same target, where there is one. */
  before: Nullable(StressRun),
});
export type SharedStress = Static<typeof SharedStress>;
