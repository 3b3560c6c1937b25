import { type Finding, findingIdentity, LOCAL_VANTAGE, type ProbeDetail, type Vantage, watchRequestOf } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ChevronLeft, ListChecks, RotateCw, Share2, X } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { hasEnded } from "../../api/use-live-probe.ts";
import { formatMs } from "../../format/numbers.ts";
import { Diagnosis } from "../../panels/findings/diagnosis.tsx";
import { ShareDialog } from "../../panels/links/share-dialog.tsx";
import { PracticeNote } from "../../panels/probes/practice-note.tsx";
import { WatchSwitch } from "../../panels/watching/watch-switch.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { LiveView } from "./live-view.tsx";
import { Port25Panel } from "./port-25-panel.tsx";
import { partOfSearch, searchOfPart } from "./probe-search.ts";
import { UnchangedRoundNote } from "./unchanged-round.tsx";

const route = getRouteApi("/diagnose/$id");

/** Between two looks at a group of which a probe runs. */
const GROUP_MS = 2000;

/** One probe: live while it runs, its diagnosis afterwards. */
export function ProbePage({ id }: { id: string }) {
  const probe = useQuery({
    queryKey: ["probe", id],
    queryFn: () => api.probe(id),
    // The others of its group end at another time.
    refetchInterval: ({ state }) => (state.data?.vantages?.vantages.some((each) => !hasEnded(each)) ? GROUP_MS : false),
  });
  usePageTitle(probe.data === undefined ? null : `Probe of ${probe.data.target}`);
  const another = (
    <Link to="/diagnose" className={buttonClass()}>
      Diagnose a host
    </Link>
  );
  return (
    <Answers to={[probe]} instead={another}>
      {(detail) => <ProbeView data={detail} />}
    </Answers>
  );
}

function ProbeView({ data }: { data: ProbeDetail }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const ended = hasEnded(data);
  const report = ended ? data.report : null;
  const watch = !data.practice && <WatchSwitch request={watchRequestOf(data.request)} />;
  return (
    <div className="space-y-4">
      <Head probe={data} ended={ended} />
      <PracticeNote practice={data.practice} />
      <UnchangedRoundNote probe={data} />
      {!ended && <LiveView id={data.id} status={data.status} />}
      {data.status === "cancelled" && <Message tone="info">This probe was cancelled. Its results up to then are below.</Message>}
      {data.report?.ended === "deadline" && (
        <Message tone="warn">This probe exceeded its time limit. Its results up to then are below.</Message>
      )}
      {data.error !== null && <Message tone="bad">{data.error}</Message>}
      {report === null && watch}
      {report !== null && (
        <Diagnosis
          report={report}
          comparison={data.comparison}
          vantages={data.vantages}
          vantageLink={(name, probeId) => (
            <Link to="/diagnose/$id" params={{ id: probeId }} className="text-accent underline underline-offset-2">
              {name}
            </Link>
          )}
          part={partOfSearch(search)}
          choose={(part) => void navigate({ search: searchOfPart(part), replace: true, resetScroll: false })}
          reader="owner"
          aside={
            <>
              <Port25Panel probe={data} />
              {watch}
            </>
          }
          noteOf={(finding) => <FixNote probe={data} finding={finding} />}
        />
      )}
    </div>
  );
}

/** That a later probe proved the finding gone. */
function FixNote({ probe, finding }: { probe: ProbeDetail; finding: Finding }) {
  const fix = probe.fixes.find((each) => findingIdentity(each) === findingIdentity(finding));
  if (fix === undefined) return null;
  return (
    <div className="mt-4">
      <Message
        tone="ok"
        action={
          <Link to="/diagnose/$id" params={{ id: fix.probeId }} className={buttonClass()}>
            See the proof
          </Link>
        }
      >
        Fixed: a later probe proved the fix on <Time at={fix.at} />.
      </Message>
    </div>
  );
}

/** The probe of which "check the fix" would check something, or null. */
function checkable({ id, report, comparison, previousId }: ProbeDetail): string | null {
  if (report?.findings.some(({ severity }) => severity !== "info")) return id;
  return comparison?.findings.some(({ fate }) => fate === "unproven") ? previousId : null;
}

function Head({ probe, ended }: { probe: ProbeDetail; ended: boolean }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [sharing, setSharing] = useState(false);
  const again = useMutation({ mutationFn: api.startProbe, onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }) });
  const cancel = useMutation({ mutationFn: api.cancelProbe, onSettled: () => client.invalidateQueries({ queryKey: ["probe", probe.id] }) });
  const check = useMutation({ mutationFn: api.checkProbe, onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }) });
  const problem = again.error ?? check.error ?? cancel.error;
  const checked = checkable(probe);
  // A delivery is confirmed once, and not by a button that says "again".
  const { deliverTo: _to, deliverConfirmed: _confirmed, ...request } = probe.request;
  return (
    <header>
      <Link to="/diagnose" className="inline-flex items-center gap-1 text-sm text-soft hover:text-ink">
        <ChevronLeft size={15} aria-hidden /> All probes
      </Link>
      <div className="mt-1 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="font-mono text-2xl font-bold break-all">{probe.target}</h1>
          <p className="text-sm text-soft">
            <Time at={probe.startedAt ?? probe.createdAt} />
            {probe.report !== null && `, from ${placeOf(probe.report.vantage)}, in ${formatMs(probe.report.durationMs)}`}
            {probe.watchId !== null && ", by a watch"}
          </p>
          {probe.previousId !== null && (
            <p className="text-sm text-soft">
              Checks the fix of{" "}
              <Link to="/diagnose/$id" params={{ id: probe.previousId }} className="text-accent underline underline-offset-2">
                an earlier probe
              </Link>
              .
            </p>
          )}
          {probe.deliverTo !== null && (
            <p className="text-sm text-soft">
              Its end-of-data test delivers to <span className="font-mono text-[13px] text-ink wrap-anywhere">{probe.deliverTo}</span>.
            </p>
          )}
        </div>
        <div className="no-print flex flex-wrap gap-2">
          <ForRole least="operator">
            {!ended && (
              <Button onClick={() => cancel.mutate(probe.id)} disabled={cancel.isPending}>
                <X size={16} aria-hidden /> Cancel
              </Button>
            )}
            {ended && checked !== null && (
              <Button onClick={() => check.mutate(checked)} disabled={check.isPending}>
                <ListChecks size={16} aria-hidden /> Check the fix
              </Button>
            )}
            {ended && checked === null && (
              <Button onClick={() => again.mutate(request)} disabled={again.isPending}>
                <RotateCw size={16} aria-hidden /> Probe again
              </Button>
            )}
            {ended && probe.report !== null && (
              <Button look="primary" onClick={() => setSharing(true)}>
                <Share2 size={16} aria-hidden /> Share
              </Button>
            )}
          </ForRole>
        </div>
      </div>
      {problem !== null && (
        <div className="mt-3">
          <Message tone="bad">{problem.message}</Message>
        </div>
      )}
      {sharing && <ShareDialog opens="diagnosis" id={probe.id} onClose={() => setSharing(false)} />}
    </header>
  );
}

/** The machine that probed, with the agent's name where it is another one than this server's. */
function placeOf({ name, host, practice }: Vantage): string {
  return name === LOCAL_VANTAGE || practice === true || name === host ? host : `${name} (${host})`;
}
