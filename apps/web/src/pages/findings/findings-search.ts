/** What the address of /findings holds: every filter, so that a link shows what its sender saw. */
import {
  FINDING_CODES,
  FINDING_SORTS,
  FINDING_STATES,
  type FindingCode,
  type FindingSort,
  type FindingState,
  SEVERITIES,
  type Severity,
} from "@mxray/contracts";
import { oneOf, textOf } from "../search-values.ts";

const FINDING_GROUPS = ["peer", "code", "none"] as const;
export type FindingGroup = (typeof FINDING_GROUPS)[number];

export interface FindingsSearch {
  /** Default `open`. */
  readonly state?: FindingState | "all" | undefined;
  readonly severity?: Severity | undefined;
  readonly code?: FindingCode | undefined;
  readonly peer?: string | undefined;
  readonly text?: string | undefined;
  /** Default `harm`. */
  readonly sort?: FindingSort | undefined;
  /** Default `peer`. */
  readonly group?: FindingGroup | undefined;
}

export function findingsSearch(given: Record<string, unknown>): FindingsSearch {
  return {
    state: oneOf([...FINDING_STATES, "all"] as const, given.state),
    severity: oneOf(SEVERITIES, given.severity),
    code: oneOf(FINDING_CODES, given.code),
    peer: textOf(given.peer, 255),
    text: textOf(given.text, 200),
    sort: oneOf(FINDING_SORTS, given.sort),
    group: oneOf(FINDING_GROUPS, given.group),
  };
}
