/** The body of `/api/v1/playbook`: every remedy, with example numbers instead of measured ones. */
import Type, { type Static } from "typebox";
import { AnyFindingCode, Remedy } from "../finding.ts";

export const PlaybookRemedy = Type.Interface([Remedy], { codes: Type.Array(AnyFindingCode, { description: "what it is a remedy for" }) });
export type PlaybookRemedy = Static<typeof PlaybookRemedy>;

export const Playbook = Type.Object({
  family: Type.Union([Type.Literal(4), Type.Literal(6)]),
  remedies: Type.Array(PlaybookRemedy),
});
export type Playbook = Static<typeof Playbook>;
