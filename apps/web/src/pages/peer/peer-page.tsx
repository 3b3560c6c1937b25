import { printable } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { ApiProblem, api } from "../../api/client.ts";
import { type LogView, zoomOfView } from "../../api/log-view.ts";
import { useLogSeries } from "../../api/use-log-series.ts";
import { ChartZoom } from "../../panels/charts/chart-zoom.tsx";
import { PeerTimelinePanel } from "../../panels/watching/peer-timeline-panel.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Message } from "../../ui/message.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { FollowedLogs } from "../logs/followed-logs.tsx";
import { LogFilters } from "../logs/log-filters.tsx";
import { PeerFindings } from "./peer-findings.tsx";
import { PeerHeader } from "./peer-header.tsx";
import { PeerProbes } from "./peer-probes.tsx";

const route = getRouteApi("/peers/$peer");
const FRESH_MS = 30_000;

/** Everything that is known of one peer: who it is, what is wrong, what probes saw, its mail, and the lines behind it. */
export function PeerPage() {
  const { peer } = route.useParams();
  usePageTitle(printable(peer, 255));
  const { address, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({ queryKey: ["peer", peer], queryFn: () => api.peer(peer), staleTime: 0, refetchInterval: FRESH_MS });
  const logs = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  const unknown = found.error instanceof ApiProblem && found.error.code === "not-found";
  // As long as the figures of the peers' list.
  const view: LogView = { range: "week", ...search, peer: found.data?.peer ?? peer };
  const logged = (logs.data?.sources.length ?? 0) > 0;
  const series = useLogSeries(view, logged && found.data !== undefined);
  // A peer that was picked is this one.
  const change = ({ peer: _this, ...next }: LogView) =>
    navigate({ search: { ...next, ...(address === undefined ? {} : { address }) }, resetScroll: false });
  return (
    <div className="space-y-4">
      <Link to="/peers" className="no-print inline-flex items-center gap-1 text-sm text-soft hover:text-ink">
        <ChevronLeft size={15} aria-hidden /> All peers
      </Link>
      <PeerHeader asked={peer} detail={found.data} />
      {unknown ? (
        <Message tone="info">Nothing is known of {printable(peer, 255)}: no probe has reached it, and no followed log names it.</Message>
      ) : (
        <Answers to={[found]}>
          {(detail) => (
            <ChartZoom zoom={zoomOfView(view, change)}>
              <PeerFindings findings={detail.findings} peer={detail.peer} />
              <div className="flex flex-wrap items-center justify-between gap-3 pt-3">
                <h2 className="text-lg font-bold">What happened</h2>
                {logged && <LogFilters view={view} change={change} ofPeer />}
              </div>
              <PeerTimelinePanel findings={detail.findings} probes={detail.probes} series={logged ? (series.data ?? null) : null} />
              <PeerProbes
                detail={detail}
                address={address}
                choose={(next) => navigate({ search: { ...search, address: next }, replace: true, resetScroll: false })}
              />
              {logs.data?.sources.length === 0 ? (
                <p className="text-soft">
                  No log is followed, so its mail is unknown.{" "}
                  <Link to="/logs" className="text-accent underline underline-offset-2">
                    Follow a log
                  </Link>
                </p>
              ) : (
                <section aria-label="Its mail" className="space-y-4 pt-3">
                  <h2 className="text-lg font-bold">Its mail</h2>
                  <FollowedLogs view={view} change={change} ofPeer />
                </section>
              )}
            </ChartZoom>
          )}
        </Answers>
      )}
    </div>
  );
}
