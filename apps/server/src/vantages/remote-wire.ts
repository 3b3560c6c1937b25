/**
 * What a prober elsewhere tells the server: the practice lab's process, an agent. It is believed nothing: what it tells is checked
 * against these schemas, and where a probe ran is written down by the server. The calls are `ProbeCall` of @mxray/probe.
 */
import { FarConnection, ProbeEvent, ProbeObservation } from "@mxray/contracts/schemas";
import type { ProbeNotice as Notice } from "@mxray/probe";
import Type from "typebox";

const id = Type.String({ maxLength: 64 });

export const ProbeNotice = Type.Unsafe<Notice>(
  Type.Union([
    Type.Object({ tell: Type.Literal("event"), id, event: ProbeEvent }),
    Type.Object({
      tell: Type.Literal("ask"),
      id,
      ask: Type.Integer(),
      host: Type.Object({
        name: Type.Union([Type.String({ maxLength: 255 }), Type.Null()]),
        address: Type.String({ maxLength: 64 }),
        port: Type.Integer(),
        control: Type.Optional(Type.Literal(true)),
      }),
    }),
    Type.Object({ tell: Type.Literal("done"), id, observation: ProbeObservation }),
    Type.Object({ tell: Type.Literal("watching"), id, ok: Type.Boolean() }),
    Type.Object({ tell: Type.Literal("watched"), id, connections: Type.Array(FarConnection, { maxItems: 500 }) }),
    Type.Object({ tell: Type.Literal("threw"), id, reason: Type.String({ maxLength: 4000 }) }),
  ]),
);
