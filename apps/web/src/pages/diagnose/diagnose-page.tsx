import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api } from "../../api/client.ts";
import { type Lab, useLab } from "../../api/use-lab.ts";
import { Port25Check } from "../../panels/probes/port-25-check.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { PracticeDomains } from "./practice-domains.tsx";
import { PracticeLab } from "./practice-lab.tsx";
import { TargetBox } from "./target-box.tsx";
import { WaysToBegin } from "./ways-to-begin.tsx";

// What draws long lists is no part of the first page.
const PastProbes = lazy(async () => ({ default: (await import("./past-probes.tsx")).PastProbes }));

export function DiagnosePage() {
  usePageTitle("Diagnose");
  const lab = useLab();
  // Whoever comes back from a probe finds it here.
  const newest = useQuery({ queryKey: ["probes", "newest"], queryFn: () => api.probes({ limit: 1 }), staleTime: 0 });
  const firstRun = newest.data?.probes.length === 0;
  return (
    <div className="mx-auto max-w-6xl space-y-8">
      <div>
        <h1 className="text-center text-3xl font-bold tracking-tight sm:mt-6 sm:text-4xl">Why does mail to this host hang?</h1>
        <p className="mx-auto mt-3 max-w-2xl text-center text-soft">
          mxray talks to the mail host, sends packets of growing size, watches which of them arrive, and says what to change. Nothing is
          delivered unless you ask for it.
        </p>
      </div>
      {!newest.isPending && (firstRun ? <FirstRun lab={lab} /> : <Routine lab={lab} />)}
    </div>
  );
}

function FirstRun({ lab }: { lab: Lab }) {
  const running = lab.info?.state === "ready";
  return (
    <>
      <WaysToBegin lab={lab} />
      {running ? <PracticeDomains vantage={lab.info.name} domains={lab.info.domains} /> : <PastRuns firstRun />}
    </>
  );
}

function Routine({ lab: { info, ...lab } }: { lab: Lab }) {
  const running = info?.state === "ready";
  const practice = info !== null && (
    <Disclosure title="The practice lab" open={running}>
      <div className="space-y-6">
        <PracticeLab lab={{ info, ...lab }} />
        {running && <PracticeDomains vantage={info.name} domains={info.domains} />}
      </div>
    </Disclosure>
  );
  // What is in use stands first.
  return (
    <>
      <div>
        <TargetBox />
        <Port25Check />
      </div>
      {running && practice}
      <PastRuns firstRun={false} />
      {!running && practice}
    </>
  );
}

function PastRuns({ firstRun }: { firstRun: boolean }) {
  return (
    <Suspense>
      <PastProbes firstRun={firstRun} />
    </Suspense>
  );
}
