/** One look at a machine: plain data, so that an agent can bring the same from another one. */
import Type, { type Static } from "typebox";
import { Nullable, Timestamp } from "../schema-parts.ts";

export const HostGauge = Type.Object({
  value: Nullable(Type.Number({ description: "null: it could not be read, and `missing` says why" })),
  limit: Nullable(Type.Number({ description: "null: it has none, or none that is known" })),
  /** Why there is no value, and the right that reading it needs. */
  missing: Type.Optional(Type.String({ maxLength: 500 })),
});
export type HostGauge = Static<typeof HostGauge>;

export const HostSample = Type.Object({
  at: Timestamp,
  gauges: Type.Record(Type.String({ description: "such as psiIoSome (percent of the time), blocked (tasks), openFiles" }), HostGauge),
});
export type HostSample = Static<typeof HostSample>;
