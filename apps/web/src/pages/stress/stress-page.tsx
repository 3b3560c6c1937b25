import { STRESS_LIMIT_TITLES, type StressRunSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../api/use-access.ts";
import { useStressRuns, useStressTargets } from "../../api/use-stress.ts";
import { formatMs } from "../../format/numbers.ts";
import { formatRate, limitTone, loadWords, resultWords, STATE_WORDS } from "../../format/stress-words.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { RoleNote } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { StressForm } from "./stress-form.tsx";

/** How much mail a host of one's own takes, and what gives way first. */
export function StressPage() {
  usePageTitle("Stress test");
  const runs = useStressRuns();
  const may = useMay("admin");
  return (
    <div className="space-y-4">
      <header>
        <h1 className="text-2xl font-bold">Stress test</h1>
        <p className="mt-1 max-w-[75ch] text-soft">How much mail can your host take, and what limits it?</p>
      </header>
      <Answers to={[runs]}>
        {({ runs: list }) => (
          <>
            {may === false && <RoleNote what="To start a load" least="admin" />}
            {may === true && <Begin running={list.find(({ state }) => state === "running")} />}
            <Runs runs={list} />
          </>
        )}
      </Answers>
    </div>
  );
}

function Begin({ running }: { running: StressRunSummary | undefined }) {
  const targets = useStressTargets();
  if (running !== undefined) {
    return (
      <Message
        tone="info"
        action={
          <Link to="/stress/$id" params={{ id: running.id }} className="font-semibold text-accent underline underline-offset-2">
            Watch it
          </Link>
        }
      >
        A load on {running.target} is under way; one runs at a time.
      </Message>
    );
  }
  return (
    <Answers to={[targets]}>
      {({ targets: list, problem }) =>
        problem === null ? (
          <StressForm key={list.map(({ target }) => target).join()} targets={list} />
        ) : (
          <Card title="Test a host">
            <p className="max-w-[75ch]">{problem}</p>
            <p className="mt-2 max-w-[75ch] text-soft">
              One host a line, such as <code>192.0.2.10:25 rcpt-domain=example.test</code>. Only private addresses are tested; a public one
              needs its own line and a proof that its operator agrees.
            </p>
          </Card>
        )
      }
    </Answers>
  );
}

function Runs({ runs }: { runs: readonly StressRunSummary[] }) {
  if (runs.length === 0) return <p className="rounded-xl border border-dashed border-line px-4 py-8 text-center text-soft">No run yet.</p>;
  return (
    <Card title="Runs" aside={String(runs.length)}>
      <ul className="-mx-4 -mb-4 divide-y divide-line sm:-mx-5 sm:-mb-5" aria-label="Runs">
        {runs.map((run) => (
          <li key={run.id}>
            <Link
              to="/stress/$id"
              params={{ id: run.id }}
              className="grid grid-cols-[18px_1fr] items-center gap-x-3 px-4 py-3 -outline-offset-2 hover:bg-raised sm:grid-cols-[18px_minmax(8rem,16rem)_1fr_auto] sm:px-5"
            >
              <ToneIcon tone={run.result === null ? "info" : limitTone(run.result.limit)} size={18} />
              <span className="truncate font-mono text-sm font-semibold" title={run.target}>
                {run.target}
              </span>
              <span className="col-start-2 min-w-0 text-sm text-soft sm:col-start-auto">
                <span className="block wrap-anywhere">
                  {run.state !== "done" && <Badge tone="info">{STATE_WORDS[run.state]}</Badge>} {outcomeOf(run)}
                </span>
                <span className="block text-xs text-faint wrap-anywhere">{loadWords(run.options)}</span>
              </span>
              <Time at={run.startedAt} show="ago" className="col-start-2 text-xs text-faint sm:col-start-auto" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function outcomeOf(run: StressRunSummary): string {
  if (run.result === null) return run.state === "running" ? "" : resultWords(run);
  const { limit, achieved, p99Ms } = run.result;
  return `${STRESS_LIMIT_TITLES[limit]}; ${formatRate(achieved)}${p99Ms === null ? "" : `, 99 % within ${formatMs(p99Ms)}`}`;
}
