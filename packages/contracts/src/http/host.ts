/** The body of `/api/v1/host`: the machine that mxray runs on. */
import Type, { type Static } from "typebox";
import { Nullable, Timestamp } from "../schema-parts.ts";
import { HostSample } from "../stress/host-sample.ts";

export const HostHistoryRow = Type.Object({
  at: Timestamp,
  values: Type.Record(Type.String(), Type.Number(), { description: "gauges that were read, by name" }),
});
export type HostHistoryRow = Static<typeof HostHistoryRow>;

export const HostHealth = Type.Object({
  /** The newest; null: nothing was sampled yet. */
  sample: Nullable(HostSample),
  history: Type.Array(HostHistoryRow, { description: "the last hour, the oldest first, one row in 30 seconds" }),
});
export type HostHealth = Static<typeof HostHealth>;
