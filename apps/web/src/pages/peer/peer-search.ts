/** What the address of a peer's page holds: the part of the logs, and which of its addresses the charts of probes are about. */
import { type LogView, parseLogView } from "../../api/log-view.ts";
import { textOf } from "../search-values.ts";

export interface PeerSearch extends LogView {
  /** Default the one that was probed most. */
  readonly address?: string;
}

export function peerSearch(given: Readonly<Record<string, unknown>>): PeerSearch {
  const address = textOf(given.address, 100);
  return { ...parseLogView(given), ...(address === undefined ? {} : { address }) };
}
