import { STRESS_STAGES, type StressPercentiles, type StressRun } from "@mxray/contracts";
import { formatMs } from "../../format/numbers.ts";
import { STAGE_WORDS } from "../../format/stress-words.ts";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";

const SHARES = [
  ["p50", "50 %"],
  ["p90", "90 %"],
  ["p99", "99 %"],
  ["p999", "99.9 %"],
  ["max", "Longest"],
] as const;

/** Where the time of a message goes. */
export function StressStagesPanel({ run: { stagesMs, latencyMs } }: { run: StressRun }) {
  const cells = (name: string, percentiles: StressPercentiles) => ({
    key: name,
    cells: [name, ...SHARES.map(([share]) => (percentiles[share] === null ? "–" : formatMs(percentiles[share])))],
  });
  return (
    <Card title="Where the time goes">
      <div className="overflow-x-auto">
        <DataTable
          caption="Waits by stage, and whole messages"
          columns={["Stage", ...SHARES.map(([, figures]) => ({ figures }))]}
          rows={[
            ...STRESS_STAGES.flatMap((stage) => (stagesMs[stage] === undefined ? [] : [cells(STAGE_WORDS[stage], stagesMs[stage])])),
            cells("Message, from its start", latencyMs.fromStart),
            cells("Message, from its due time", latencyMs.fromDue),
          ]}
        />
      </div>
    </Card>
  );
}
