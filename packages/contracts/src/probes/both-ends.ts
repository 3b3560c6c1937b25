/** One probe watched from both ends: what the kernel of the mail host's machine, where an agent runs, saw of the probe's connections. */
import Type, { type Static } from "typebox";
import { Nullable, PacketSize } from "../schema-parts.ts";

/** Payload bytes and packets of one connection since it began, at the last look. */
const WatchedConnection = Type.Object({
  received: Type.Object({
    bytes: Type.Integer({ description: "in order" }),
    /** The largest IP packet that arrived, as the kernel estimates it from segments. */
    size: PacketSize,
  }),
  sent: Type.Object({
    bytes: Nullable(Type.Integer({ description: "what was sent again counts again; null where the kernel does not report it" })),
    acked: Type.Integer(),
    again: Type.Integer({ description: "segments that were sent again" }),
    /** The largest IP packet that it sends. */
    size: PacketSize,
  }),
  /** Positions in what was received at which later data had arrived and the next byte had not. */
  gaps: Type.Array(Type.Integer(), { maxItems: 200 }),
});

/** As an agent reports it. */
export const FarConnection = Type.Interface([WatchedConnection], {
  peer: Type.Object({ address: Type.String({ maxLength: 64 }), port: Type.Integer() }),
});
export type FarConnection = Static<typeof FarConnection>;

export const BothEnds = Type.Object({
  /** The agent on the mail host's machine. */
  agent: Type.String(),
  connections: Type.Array(
    Type.Interface([WatchedConnection], { n: Type.Integer({ description: "the number of the connection, as in `connections`" }) }),
  ),
});
export type BothEnds = Static<typeof BothEnds>;
