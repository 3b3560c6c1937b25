/** What happens while a probe runs, in order: the live view is these events folded over an empty observation. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf } from "../schema-parts.ts";
import { STAGES } from "../terms/probe-terms.ts";
import { MailHostObservation, Resolution, StageResult, TranscriptLine } from "./observation.ts";
import { OutboundPath, Rung } from "./path-observation.ts";

const host = Type.Integer({ minimum: 0, description: "index of the mail host, in the order of the `host` events" });

export const ProbeEvent = Type.Union([
  Type.Object({ type: Type.Literal("resolved"), resolution: Resolution }),
  Type.Object({
    type: Type.Literal("host"),
    host,
    name: Nullable(Type.String()),
    address: Type.String(),
    family: Type.Union([Type.Literal(4), Type.Literal(6)]),
    port: Type.Integer(),
    preference: Nullable(Type.Integer({ description: "of its MX record" })),
  }),
  Type.Object({ type: Type.Literal("stage-begun"), host, stage: OneOf(STAGES) }),
  Type.Object({ type: Type.Literal("stage"), host, result: StageResult }),
  Type.Object({ type: Type.Literal("path"), host, localMtu: Nullable(Type.Integer()), cachedMtu: Nullable(Type.Integer()) }),
  Type.Object({ type: Type.Literal("rung"), host, rung: Rung }),
  Type.Object({ type: Type.Literal("verdict"), host, outbound: OutboundPath }),
  Type.Object({ type: Type.Literal("transcript"), host, line: TranscriptLine }),
  /** The whole of one mail host, replacing all that was said of it before. */
  Type.Object({ type: Type.Literal("host-done"), host, observation: MailHostObservation }),
]);
export type ProbeEvent = Static<typeof ProbeEvent>;
