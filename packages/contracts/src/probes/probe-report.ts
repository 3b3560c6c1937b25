/** `mxray.probe/1`: a probe's observations, the findings computed from them, and what they mean for the domain's mail. */
import Type, { type Static } from "typebox";
import { Finding } from "../finding.ts";
import { Nullable, OneOf } from "../schema-parts.ts";
import { DOMAIN_DELIVERIES } from "../terms/finding-terms.ts";
import { ProbeObservation } from "./observation.ts";

/** Does mail to the domain get through, by which hosts, with what delay, and what is at risk. */
export const DomainVerdict = Type.Object({
  delivers: OneOf(DOMAIN_DELIVERIES),
  sentence: Type.String(),
  /** Mail hosts whose path was not searched, by name; `name [address]` where other addresses of the name were. */
  untested: Type.Array(Type.String()),
});
export type DomainVerdict = Static<typeof DomainVerdict>;

export const ProbeReport = Type.Interface([ProbeObservation], {
  findings: Type.Array(Finding),
  /** Null where the target is no domain. */
  domain: Nullable(DomainVerdict),
});
export type ProbeReport = Static<typeof ProbeReport>;
