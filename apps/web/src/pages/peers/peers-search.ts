/** What the address of /peers holds: every filter, so that a link shows what its sender saw. */
import { FINDING_CODES, type FindingCode, PEER_SORTS, PEER_TROUBLES, type PeerSort, type PeerTrouble } from "@mxray/contracts";
import { oneOf, textOf } from "../search-values.ts";

export interface PeersSearch {
  readonly text?: string | undefined;
  /** Default all peers. */
  readonly trouble?: PeerTrouble | undefined;
  readonly code?: FindingCode | undefined;
  /** Default `harm`. */
  readonly sort?: PeerSort | undefined;
}

export function peersSearch(given: Record<string, unknown>): PeersSearch {
  return {
    text: textOf(given.text, 200),
    trouble: oneOf(PEER_TROUBLES, given.trouble),
    code: oneOf(FINDING_CODES, given.code),
    sort: oneOf(PEER_SORTS, given.sort),
  };
}
