/** `mxray.scan/1`: what a reading of mail logs found. */
import Type, { type Static } from "typebox";
import { Finding } from "../finding.ts";
import { Milliseconds, Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { DIRECTIONS } from "../terms/log-terms.ts";

export const PeerStatistics = Type.Object({
  name: Nullable(Type.String()),
  address: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  direction: OneOf(DIRECTIONS),
  sent: Type.Integer(),
  failed: Type.Integer({ description: "includes stalled" }),
  stalled: Type.Integer(),
  largestSent: Nullable(Type.Integer({ description: "bytes" })),
  smallestStalled: Nullable(Type.Integer({ description: "bytes" })),
});
export type PeerStatistics = Static<typeof PeerStatistics>;

export const NotUnderstood = Type.Object({
  lines: Type.Integer({ description: "all such lines, also of programs that are not listed" }),
  programs: Type.Array(
    Type.Object({
      program: Type.String(),
      lines: Type.Integer(),
      example: Type.Object({ file: Type.String(), line: Type.Integer(), text: Type.String({ description: "the first such line" }) }),
    }),
    { description: "mail programs, those with the most such lines first" },
  ),
});
export type NotUnderstood = Static<typeof NotUnderstood>;

export const ScanSummary = Type.Object({
  schema: Type.Literal("mxray.scan/1"),
  files: Type.Array(Type.String()),
  lines: Type.Integer(),
  recognised: Type.Integer(),
  unrecognised: Type.Integer(),
  notUnderstood: NotUnderstood,
  from: Nullable(Timestamp),
  to: Nullable(Timestamp),
  elapsedMs: Milliseconds,
  events: Type.Record(Type.String(), Type.Integer()),
  deliveries: Type.Object({ sent: Type.Integer(), deferred: Type.Integer(), bounced: Type.Integer(), expired: Type.Integer() }),
  peers: Type.Array(PeerStatistics, { description: "without bots" }),
  bots: Type.Object({ peers: Type.Integer(), lost: Type.Integer({ description: "sessions of theirs that were lost" }) }),
  dataBytes: Type.Array(Type.Object({ bytes: Type.Integer(), count: Type.Integer() })),
  findings: Type.Array(Finding),
});
export type ScanSummary = Static<typeof ScanSummary>;
