import { canonicalAddress, printable, targetOfPeer } from "@mxray/contracts";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { LogView } from "../../api/log-view.ts";
import { useLogFeed } from "../../api/use-log-feed.ts";
import { ProbePeerButton } from "../../panels/probe-peer-button.tsx";
import { WatchSwitch } from "../../panels/watch-switch.tsx";
import { FollowedLogs } from "../logs/followed-logs.tsx";
import { LogFilters } from "../logs/log-filters.tsx";

const route = getRouteApi("/peers/$peer");

/** Everything that is known of one peer: its mail, its stalls, what they mean, and the lines behind them. */
export function PeerPage() {
  const { peer } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view: LogView = { ...search, peer };
  // A peer that was picked is this one.
  const change = ({ peer: _this, ...next }: LogView) => navigate({ search: next, resetScroll: false });
  const named = { name: peer, address: canonicalAddress(peer)?.text ?? null, port: null };
  const target = targetOfPeer(named);
  useLogFeed();
  return (
    <div className="space-y-5">
      <header>
        <Link to="/logs" className="inline-flex items-center gap-1 text-sm text-soft hover:text-ink">
          <ChevronLeft size={15} aria-hidden /> All logs
        </Link>
        <div className="mt-1 flex flex-wrap items-end justify-between gap-3">
          <h1 className="font-mono text-2xl font-bold break-all">{printable(peer, 255)}</h1>
          <ProbePeerButton peer={named} direction={null} />
        </div>
      </header>
      {target !== null && <WatchSwitch request={{ target, noMx: true }} />}
      <LogFilters view={view} change={change} ofPeer />
      <FollowedLogs view={view} change={change} linkPeers={false} />
    </div>
  );
}
