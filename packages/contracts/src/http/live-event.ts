/** What the server reports to pages that are open. */
import Type, { type Static } from "typebox";
import { ProbeEvent } from "../probes/probe-event.ts";
import { Nullable } from "../schema-parts.ts";
import { StressSecond } from "../stress/stress-run.ts";
import { LogSource } from "./logs.ts";
import { ProbeSummary } from "./probes.ts";
import { Watch } from "./watches.ts";
import { WorkProblem } from "./work-problem.ts";

/** One message of `/api/v1/events` (SSE); `data` is this, `event` its `type`. */
export const LiveEvent = Type.Union([
  /** The first of a connection to everything: what this server is. A page that differs from `page` is from before an upgrade. */
  Type.Object({
    type: Type.Literal("hello"),
    version: Type.String(),
    page: Nullable(Type.String({ description: "changes with every build of the page; null if it is not built" })),
    problems: Type.Array(WorkProblem),
  }),
  /** Every 15 s: who hears nothing has lost the connection. */
  Type.Object({ type: Type.Literal("beat") }),
  Type.Object({ type: Type.Literal("probe"), probe: ProbeSummary }),
  Type.Object({ type: Type.Literal("probe-forgotten"), id: Type.String() }),
  Type.Object({ type: Type.Literal("probe-event"), id: Type.String(), sequence: Type.Integer(), event: ProbeEvent }),
  /** How a followed log stands, at most once a second. */
  Type.Object({ type: Type.Literal("log-source"), source: LogSource }),
  /** Followed logs brought new lines, at most once a second. */
  Type.Object({ type: Type.Literal("logs") }),
  /** Kept findings changed: one was seen, proven gone, acknowledged, opened again or forgotten. */
  Type.Object({ type: Type.Literal("findings") }),
  /** The SMTP connections of this machine changed, at most every two seconds. */
  Type.Object({ type: Type.Literal("live-deliveries") }),
  /** The delivery log or a channel changed. */
  Type.Object({ type: Type.Literal("alerts") }),
  /** A stress run began, came to another step, or ended; or runs were forgotten. */
  Type.Object({ type: Type.Literal("stress"), id: Type.String() }),
  /** One second of the stress run that is under way. */
  Type.Object({ type: Type.Literal("stress-second"), id: Type.String(), second: StressSecond }),
  /** How far an uploaded log was read; `id` is the uploader's. */
  Type.Object({ type: Type.Literal("log-scan"), id: Type.String(), bytes: Type.Integer(), lines: Type.Integer() }),
  /** How a watch stands; null when it has ended. Findings may have changed with it. */
  Type.Object({ type: Type.Literal("watch"), id: Type.String(), watch: Nullable(Watch) }),
  /** All work of the server that is not done at the moment; empty when all is done again. */
  Type.Object({ type: Type.Literal("problems"), problems: Type.Array(WorkProblem) }),
  /** Settings were changed: what stands in `/api/v1/settings` holds from now on. */
  Type.Object({ type: Type.Literal("settings") }),
]);
export type LiveEvent = Static<typeof LiveEvent>;
