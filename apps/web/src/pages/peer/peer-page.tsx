import { printable } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { ApiProblem, api } from "../../api/client.ts";
import type { LogView } from "../../api/log-view.ts";
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
  const view: LogView = { ...search, peer: found.data?.peer ?? peer };
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
            <>
              <PeerFindings findings={detail.findings} peer={detail.peer} />
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
                  <div className="flex flex-wrap items-center justify-between gap-3">
                    <h2 className="text-lg font-bold">Its mail</h2>
                    <LogFilters view={view} change={change} ofPeer />
                  </div>
                  <FollowedLogs view={view} change={change} ofPeer />
                </section>
              )}
            </>
          )}
        </Answers>
      )}
    </div>
  );
}
