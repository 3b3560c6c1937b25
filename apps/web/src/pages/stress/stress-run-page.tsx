import { STRESS_STEPS, type StressRunDetail, type StressRunSummary } from "@mxray/contracts";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, LoaderCircle, Share2, Square, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { earlierRuns, useCancelStress, useDeleteStress, useStressRun, useStressRuns } from "../../api/use-stress.ts";
import { formatTime } from "../../format/numbers.ts";
import { loadWords, STEP_WORDS } from "../../format/stress-words.ts";
import { LoadPanel } from "../../panels/stress/load-panel.tsx";
import { StressReport } from "../../panels/stress/stress-report.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";

const ShareDialog = lazy(async () => ({ default: (await import("../../panels/links/share-dialog.tsx")).ShareDialog }));
const ConfirmDialog = lazy(async () => ({ default: (await import("../../ui/confirm-dialog.tsx")).ConfirmDialog }));

const route = getRouteApi("/stress/$id");

/** One run: as it happens, then what it showed, beside an earlier one. */
export function StressRunPage() {
  const { id } = route.useParams();
  const detail = useStressRun(id);
  usePageTitle(detail.data === undefined ? null : `Stress test of ${detail.data.target}`);
  const runs = useStressRuns();
  return (
    <div className="space-y-4">
      <nav aria-label="Way back" className="text-sm">
        <Link to="/stress" className="text-accent underline underline-offset-2">
          All stress tests
        </Link>
      </nav>
      <Answers to={[detail, runs]}>{(run, { runs: all }) => <Run detail={run} earlier={earlierRuns(all, run)} />}</Answers>
    </div>
  );
}

function Run({ detail, earlier }: { detail: StressRunDetail; earlier: readonly StressRunSummary[] }) {
  const [compared, compare] = useState<string | undefined>(undefined);
  const before = useStressRun(compared ?? earlier[0]?.id ?? null).data?.run ?? null;
  const { run, state, series, problem } = detail;
  return (
    <>
      <Header detail={detail} />
      {problem !== null && <Message tone={state === "failed" ? "bad" : "warn"}>{problem}</Message>}
      {run === null ? (
        <>
          {state === "running" && <Steps detail={detail} />}
          <LoadPanel series={series} live={state === "running"} />
        </>
      ) : (
        <StressReport run={run} before={before} heading="h2" />
      )}
      {run !== null && earlier.length > 1 && (
        <div className="flex flex-wrap items-center gap-3">
          <span className="text-sm font-semibold text-soft">Compare with</span>
          <div className="w-72 max-w-full">
            <Select
              label="Compare with"
              value={compared ?? earlier[0]?.id}
              options={earlier.map(({ id, startedAt }) => [id, formatTime(startedAt)] as const)}
              change={compare}
            />
          </div>
        </div>
      )}
    </>
  );
}

function Header({ detail }: { detail: StressRunDetail }) {
  const { id, target, address, by, startedAt, options, state, run } = detail;
  const navigate = useNavigate();
  const cancel = useCancelStress();
  const remove = useDeleteStress();
  const [asked, ask] = useState<"share" | "delete" | null>(null);
  return (
    <header className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        <h1 className="text-2xl font-bold wrap-anywhere">Load on {target}</h1>
        <p className="text-sm text-soft wrap-anywhere">
          {address}, started by {by} <Time at={startedAt} />: {loadWords(options)}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {run !== null && (
          <ForRole least="operator">
            <Button look="primary" onClick={() => ask("share")}>
              <Share2 size={15} aria-hidden /> Share
            </Button>
          </ForRole>
        )}
        <ForRole least="admin">
          {state === "running" ? (
            <Button look="danger" disabled={cancel.isPending} onClick={() => cancel.mutate(id)}>
              <Square size={15} aria-hidden /> Stop the load
            </Button>
          ) : (
            <Button look="danger" onClick={() => ask("delete")}>
              <Trash2 size={15} aria-hidden /> Forget
            </Button>
          )}
        </ForRole>
      </div>
      {cancel.error !== null && <Message tone="bad">{cancel.error.message}</Message>}
      <Suspense>
        {asked === "share" && <ShareDialog opens="stress" id={id} onClose={() => ask(null)} />}
        {asked === "delete" && (
          <ConfirmDialog
            title={`Forget this load on ${target}?`}
            action="Forget it"
            busy={remove.isPending}
            onClose={() => ask(null)}
            onConfirm={() =>
              void remove.mutateAsync(id).then(
                () => navigate({ to: "/stress" }),
                () => undefined,
              )
            }
          >
            <p>What it measured is deleted, and shared links to it stop working.</p>
            {remove.error !== null && <Message tone="bad">{remove.error.message}</Message>}
          </ConfirmDialog>
        )}
      </Suspense>
    </header>
  );
}

/** What is done, what is under way, and what comes. */
function Steps({ detail: { step } }: { detail: StressRunDetail }) {
  const now = step === null ? -1 : STRESS_STEPS.indexOf(step);
  return (
    <Card title="What happens">
      <ol className="space-y-2">
        {STRESS_STEPS.map((one, index) => {
          const Icon = index < now ? CircleCheck : index === now ? LoaderCircle : CircleDashed;
          return (
            <li
              key={one}
              aria-current={index === now ? "step" : undefined}
              className={`flex items-start gap-2.5 ${index === now ? "font-semibold" : "text-soft"}`}
            >
              <Icon
                size={18}
                aria-hidden
                className={`mt-0.5 shrink-0 ${index < now ? "text-ok" : index === now ? "animate-spin text-accent" : "text-faint"}`}
              />
              {STEP_WORDS[one]}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
