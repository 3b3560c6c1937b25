/** Vantages as the API tells them: where probes can run from, and what there is to probe where that is a closed world. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf } from "../schema-parts.ts";
import { FINDING_CODES, type FindingCode } from "../terms/finding-terms.ts";
import { VANTAGE_STATES } from "../terms/vantage-terms.ts";

/** Name of a vantage. The set is open: a server has those that it runs or that report to it. */
export const VantageName = Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9][a-z0-9._-]*$" });

/** A mail domain of the practice lab. */
export const PracticeDomain = Type.Object({
  domain: Type.String(),
  title: Type.String({ description: "what is the matter with it, in one sentence" }),
  finding: OneOf([...FINDING_CODES] as [FindingCode, ...FindingCode[]]),
});
export type PracticeDomain = Static<typeof PracticeDomain>;

export const VantageInfo = Type.Object({
  name: VantageName,
  practice: Type.Boolean({ description: "a network made for learning; what is seen there says nothing about real mail" }),
  description: Type.String(),
  state: OneOf(VANTAGE_STATES),
  /** It is started and stopped on request; others are always there. */
  startable: Type.Boolean(),
  /** Why it is unavailable, or why it ended by itself. */
  reason: Nullable(Type.String()),
  /** What helps against `reason`. */
  remedy: Nullable(Type.String()),
  /** All that can be probed from it; empty where that is the internet, and while it does not run. */
  domains: Type.Array(PracticeDomain),
});
export type VantageInfo = Static<typeof VantageInfo>;

export const VantageList = Type.Object({ vantages: Type.Array(VantageInfo) });
export type VantageList = Static<typeof VantageList>;
