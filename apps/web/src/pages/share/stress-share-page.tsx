import type { SharedStress } from "@mxray/contracts";
import { StressReport } from "../../panels/stress/stress-report.tsx";
import { ShareFrame } from "./share-frame.tsx";

/** A stress test for a reader who knows nothing of this server. */
export function StressSharePage({ shared }: { shared: SharedStress }) {
  const { run, before, note, redacted, expiresAt } = shared;
  return (
    <ShareFrame
      title={`Stress test of ${run.target}`}
      subject={
        <>
          Stress test of <span className="font-semibold text-ink">{run.target}</span>
        </>
      }
      measuredAt={run.run.startedAt}
      note={note}
      expiresAt={expiresAt}
      origin={`in ${Math.round(run.run.seconds)} s by mxray${redacted ? "; mail addresses and names were left out" : ""}`}
    >
      <StressReport run={run} before={before} heading="h1" />
    </ShareFrame>
  );
}
