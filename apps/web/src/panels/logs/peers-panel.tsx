import { isBot, type LogPeer } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { DIRECTION_WORDS, peerWords } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import type { DataColumn, DataTableRow } from "../../ui/data-table.tsx";
import { Time } from "../../ui/time.tsx";
import { VirtualTable } from "../../ui/virtual-table.tsx";
import { ProbePeerButton } from "../probes/probe-peer-button.tsx";

const COLUMNS: readonly DataColumn[] = [
  "Peer",
  "Direction",
  { figures: "Delivered" },
  { figures: "Failed" },
  { figures: "Stalled" },
  { figures: "Largest delivered (bytes)" },
  { figures: "Smallest stalled (bytes)" },
  "Last stall",
  "",
];

/** Who is harmed most comes first. */
export function PeersPanel({
  peers,
  leftOut,
  listAll,
  linked,
  onPick,
}: {
  peers: readonly LogPeer[];
  /** Peers that were counted and are not listed. */
  leftOut: number;
  /** Asks for those, too; nothing where that was done. */
  listAll: (() => void) | undefined;
  /** Each has a page of its own. */
  linked: boolean;
  onPick: (peer: LogPeer) => void;
}) {
  const bots = peers.filter(isBot);
  const others = peers.filter((peer) => !bots.includes(peer));
  const total = others.length + leftOut;
  return (
    <Card title="Peers, most affected first" aside={`${formatCount(total)} ${total === 1 ? "peer" : "peers"}`}>
      {others.length === 0 ? (
        <p className="py-6 text-center text-soft">No peer in this part of the logs.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className="overflow-x-auto" tabIndex={0}>
          <VirtualTable
            caption="Select a peer to see its log lines."
            columns={COLUMNS}
            count={others.length}
            row={(index) => rowOf(others[index] as LogPeer, linked)}
            onPick={(index) => onPick(others[index] as LogPeer)}
          />
        </div>
      )}
      {bots.length > 0 && <BotsRow bots={bots} />}
      {leftOut > 0 && (
        <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="text-sm text-soft">{formatCount(leftOut)} further peers with fewer problems are not listed.</p>
          {listAll !== undefined && <Button onClick={listAll}>Show them</Button>}
        </div>
      )}
    </Card>
  );
}

/** One row for all of them: what they lose says nothing about a path. */
function BotsRow({ bots }: { bots: readonly LogPeer[] }) {
  const lost = bots.reduce((sum, { failed }) => sum + failed, 0);
  return (
    <details className="mt-3 rounded-lg border border-line px-3 py-2 text-sm">
      <summary className="cursor-pointer">
        {formatCount(bots.length)} {bots.length === 1 ? "bot" : "bots"}, {formatCount(lost)} lost {lost === 1 ? "session" : "sessions"}
      </summary>
      <p className="mt-2 text-soft">
        These clients never delivered a message and behave as only bots do: they talk before the greeting, are on a block list, guess
        passwords, scan, or hang up at once. They are not counted as affected and have no findings.
      </p>
      <ul className="mt-2 max-h-60 overflow-y-auto font-mono text-[13px]">
        {bots.map((peer) => (
          <li key={`${peer.name} ${peer.address}`} className="wrap-anywhere">
            {peerWords(peer)}: {formatCount(peer.failed)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function rowOf(peer: LogPeer, linked: boolean): DataTableRow {
  const host = peer.address ?? peer.name;
  const cells = [
    <span key="name" className="block min-w-56 font-mono text-[13px] wrap-anywhere">
      {peerWords(peer)}
    </span>,
    DIRECTION_WORDS[peer.direction],
    formatCount(peer.sent),
    formatCount(peer.failed),
    <span key="stalled" className={peer.stalled > 0 ? "font-semibold text-bad" : ""}>
      {formatCount(peer.stalled)}
    </span>,
    peer.largestSent === null ? "–" : formatCount(peer.largestSent),
    peer.smallestStalled === null ? "–" : formatCount(peer.smallestStalled),
    <span key="last" className="whitespace-nowrap">
      {peer.lastStall === null ? "–" : <Time at={peer.lastStall} show="ago" />}
    </span>,
    <span key="do" className="flex items-center justify-end gap-3">
      {linked && host !== null && (
        <Link to="/peers/$peer" params={{ peer: host }} className="whitespace-nowrap text-accent underline underline-offset-2">
          Details
        </Link>
      )}
      {peer.failed > 0 && <ProbePeerButton peer={peer} direction={peer.direction} />}
    </span>,
  ];
  return { key: `${peer.direction} ${peerWords(peer)} ${peer.port}`, cells };
}
