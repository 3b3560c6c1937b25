/** The other ends of mail, put together from logs, probes and findings (see store.ts). */
import type { FindingCode, PeerCounts, PeerDetail, PeerSort, PeerSummary, PeerTrouble } from "@mxray/contracts";
import type { StoredFinding } from "./finding-store.ts";

export interface PeerPageQuery {
  readonly limit: number;
  /** Unix seconds of now: mail of the `PEER_MAIL_DAYS` days before is counted. */
  readonly now: number;
  /** Part of a name or an address, without case. */
  readonly text?: string;
  readonly trouble?: PeerTrouble;
  /** Only peers with an unfixed finding of it. */
  readonly code?: FindingCode;
  /** Default `harm`. */
  readonly sort?: PeerSort;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface StoredPeerDetail extends Omit<PeerDetail, "findings"> {
  readonly findings: readonly StoredFinding[];
}

/**
 * The other ends of mail: what logs, probes and findings name, joined by address. A peer is called by its name, where its
 * addresses have one. Nothing of the practice lab, and nothing that is reached without a network, is in the list.
 */
export interface PeerStore {
  list(query: PeerPageQuery): Promise<{ readonly peers: PeerSummary[]; readonly next: string | null; readonly counts: PeerCounts }>;
  /** By name or address, canonical and in lower case; null for one that nothing is known of. @param probes the most of them, the newest */
  get(peer: string, probes: number): Promise<StoredPeerDetail | null>;
}
