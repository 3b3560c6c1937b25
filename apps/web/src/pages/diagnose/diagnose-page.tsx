import { PastProbes } from "./past-probes.tsx";
import { TargetBox } from "./target-box.tsx";

export function DiagnosePage() {
  return (
    <div className="mx-auto max-w-5xl">
      <h1 className="text-center text-3xl font-bold tracking-tight sm:mt-6 sm:text-4xl">Why does mail to this host hang?</h1>
      <p className="mx-auto mt-3 mb-7 max-w-2xl text-center text-soft">
        mxray talks to the mail host, sends packets of growing size, watches which of them arrive, and says what to change. Nothing is
        delivered unless you ask for it.
      </p>
      <TargetBox />
      <PastProbes />
    </div>
  );
}
