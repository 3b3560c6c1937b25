/** The body of `/api/v1/search`: what is kept, found by a part of its name; of each kind the few that fit best. */
import Type, { type Static } from "typebox";
import { Nullable, Timestamp } from "../schema-parts.ts";
import { FindingSummary } from "./findings.ts";
import { ProbeSummary } from "./probes.ts";

/** A message of which followed logs tell, by its queue id. */
export const FoundMessage = Type.Object({
  queueId: Type.String(),
  lines: Type.Integer({ description: "kept lines that name it" }),
  lastAt: Timestamp,
});
export type FoundMessage = Static<typeof FoundMessage>;

export const FoundPeer = Type.Object({ name: Nullable(Type.String()), address: Nullable(Type.String()) });
export type FoundPeer = Static<typeof FoundPeer>;

export const SearchResult = Type.Object({
  /** Those that stand before those that are fixed, the worst first. */
  findings: Type.Array(FindingSummary),
  /** Of followed logs; whose name or address is the text before those that hold it. */
  peers: Type.Array(FoundPeer),
  /** Whose queue id begins with the text. */
  messages: Type.Array(FoundMessage),
  /** The newest probe of each target, the newest first; none from the practice lab. */
  probes: Type.Array(ProbeSummary),
});
export type SearchResult = Static<typeof SearchResult>;
