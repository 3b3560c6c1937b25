/**
 * What the server and the practice lab's process say to each other, over Node's IPC. The lab is believed nothing: what it
 * tells is checked against these schemas, and that a probe ran from the lab is written down by the server.
 */
import { PracticeDomain, ProbeEvent, ProbeObservation } from "@mxray/contracts/schemas";
import type { ProbeOptions } from "@mxray/probe";
import Type, { type Static } from "typebox";

/** To the lab. `id` is the server's number of a probe, `ask` the lab's number of a question. */
export type LabCall =
  | { readonly do: "probe"; readonly id: number; readonly options: Omit<ProbeOptions, "admit" | "admitDelivery" | "signal" | "onEvent"> }
  | { readonly do: "cancel"; readonly id: number }
  | { readonly do: "admit"; readonly ask: number; readonly refusal: string | null };

const id = Type.Integer();
const Sentence = Type.String({ maxLength: 4000 });

/** From the lab. */
export const LabNotice = Type.Union([
  Type.Object({
    tell: Type.Literal("ready"),
    domains: Type.Array(PracticeDomain, { maxItems: 200 }),
    /** All that may be probed. */
    addresses: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 400 }),
  }),
  /** It could not be built, or a part of it ended; the process ends. */
  Type.Object({ tell: Type.Literal("failed"), reason: Sentence }),
  Type.Object({ tell: Type.Literal("event"), id, event: ProbeEvent }),
  /** May the probe connect there? */
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
  /** A bug: the probe threw. */
  Type.Object({ tell: Type.Literal("threw"), id, reason: Sentence }),
]);
export type LabNotice = Static<typeof LabNotice>;
