import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { type LogView, zoomOfView } from "../../api/log-view.ts";
import { useLogScan } from "../../api/use-log-scan.ts";
import { ChartZoom } from "../../panels/charts/chart-zoom.tsx";
import { Answers } from "../../ui/answers.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { FollowedLogs } from "./followed-logs.tsx";
import { LogChooser } from "./log-chooser.tsx";
import { LogFilters } from "./log-filters.tsx";
import { LogSources } from "./log-sources.tsx";
import { LogUpload } from "./log-upload.tsx";
import { MessageLines } from "./message-lines.tsx";

const route = getRouteApi("/logs");

/** What followed logs show; a file that is dropped here is analysed in place. */
export function LogsPage() {
  usePageTitle("Mail logs");
  const { message, ...view } = route.useSearch();
  const navigate = route.useNavigate();
  const upload = useLogScan();
  const sources = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  const setView = (next: LogView) => navigate({ search: next, resetScroll: false });
  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div>
          <h1 className="text-2xl font-bold tracking-tight">Mail logs</h1>
          <p className="mt-1 max-w-[75ch] text-soft">
            Which peers stall, in which direction, at which sizes, and since when. A followed log is read as it is written.{" "}
            <ForRole least="operator">
              Drop a file anywhere on this page to analyse it: plain, gzip, zstd, xz or bzip2, of any size. A dropped file is not stored.
            </ForRole>
          </p>
        </div>
        <div>
          <LogChooser onFile={upload.start} />
        </div>
      </div>
      <LogUpload upload={upload} />
      {(upload.state.kind === "idle" || upload.state.kind === "failed") && (
        <>
          {message !== undefined && <MessageLines queueId={message} close={() => setView(view)} />}
          {message === undefined && (
            <Answers to={[sources]}>
              {({ sources: followed, candidates }) => (
                <>
                  <LogSources sources={followed} candidates={candidates} />
                  {followed.length > 0 && (
                    <>
                      <LogFilters view={view} change={setView} />
                      <ChartZoom zoom={zoomOfView(view, setView)}>
                        <FollowedLogs view={view} change={setView} />
                      </ChartZoom>
                    </>
                  )}
                </>
              )}
            </Answers>
          )}
        </>
      )}
    </div>
  );
}
