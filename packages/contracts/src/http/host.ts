/** The bodies of `/api/v1/machines` and `/api/v1/host`: the machines that mxray and its agents run on. */
import Type, { type Static } from "typebox";
import { Nullable, Timestamp } from "../schema-parts.ts";
import { HostSample } from "../stress/host-sample.ts";

/** A machine whose health, SMTP connections and mail queue are known. */
export const Machine = Type.Object({
  agent: Nullable(Type.String({ description: "that reports it; null for the server's own machine" })),
  at: Nullable(Timestamp),
  stalled: Type.Integer({ description: "SMTP connections that stall" }),
  waiting: Nullable(Type.Integer({ description: "messages in its mail queue; null where the queue was not read" })),
});
export type Machine = Static<typeof Machine>;

export const MachineList = Type.Object({ machines: Type.Array(Machine, { description: "the server's own first" }) });
export type MachineList = Static<typeof MachineList>;

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
