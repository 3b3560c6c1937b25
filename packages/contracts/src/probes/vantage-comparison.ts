/** One target probed from several vantages at the same time, side by side: from where it works, and what failing paths have in common. */
import Type, { type Static } from "typebox";
import { Verdict } from "../finding.ts";
import { Nullable, OneOf, PacketSize, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES } from "../terms/finding-terms.ts";
import { PROBE_STATUSES } from "../terms/probe-terms.ts";
import { SPAN_OUTCOMES, VANTAGE_FATES } from "../terms/vantage-terms.ts";
import { HopOwner } from "./path-observation.ts";
import { ComparedHost } from "./probe-comparison.ts";

/** One of the vantages, with its probe. */
const ComparedVantage = Type.Object({
  name: Type.String(),
  practice: Type.Boolean(),
  /** Null in a shared diagnosis. */
  probeId: Nullable(Type.String()),
  status: OneOf(PROBE_STATUSES),
  startedAt: Nullable(Timestamp),
  verdict: Nullable(Verdict),
  /** Why the probe failed, or null. */
  error: Nullable(Type.String()),
});
export type ComparedVantage = Static<typeof ComparedVantage>;

/** Consecutive links of one path. */
export const PathSpan = Type.Object({
  vantage: Type.String({ description: "the vantage whose hops these are" }),
  from: HopOwner,
  to: HopOwner,
  stations: Type.Array(Type.String(), { description: "addresses of the far ends of its links, where they are known" }),
  links: Nullable(Type.Integer({ description: "how many; null where the hops between them are not known" })),
});
export type PathSpan = Static<typeof PathSpan>;

/** What the paths on which large packets are lost have in common, and paths on which they arrive do not. */
export const CommonSpan = Type.Object({
  outcome: OneOf(SPAN_OUTCOMES),
  /** Null unless something is named. */
  confidence: Nullable(OneOf(CONFIDENCES)),
  /** The largest packet that gets through on the failing paths, bytes. */
  mtu: Nullable(PacketSize),
  /** One for `link` and `span`; where the fault may be, for `several`. */
  spans: Type.Array(PathSpan),
  sentence: Type.String(),
});
export type CommonSpan = Static<typeof CommonSpan>;

export const VantageHost = Type.Object({
  name: Nullable(Type.String()),
  address: Type.String(),
  port: Type.Integer(),
  /** In the order of the vantages; null where that probe did not meet the host. */
  sides: Type.Array(
    Nullable(
      Type.Interface([ComparedHost], {
        fate: OneOf(VANTAGE_FATES),
        /** The stations after the vantage itself, in order; empty where hops were not searched. */
        hops: Type.Array(HopOwner),
      }),
    ),
  ),
  /** From where it fails and from where it does not. */
  sentence: Type.String(),
  /** Null where no path loses large packets. */
  span: Nullable(CommonSpan),
});
export type VantageHost = Static<typeof VantageHost>;

export const VantageComparison = Type.Object({
  /** In the order of the request. */
  vantages: Type.Array(ComparedVantage),
  hosts: Type.Array(VantageHost),
});
export type VantageComparison = Static<typeof VantageComparison>;
