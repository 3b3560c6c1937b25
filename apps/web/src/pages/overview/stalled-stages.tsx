import type { LogSeries, MailStage } from "@mxray/contracts";
import { MAIL_STAGE_WORDS } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { RankedBars } from "../../ui/ranked-bars.tsx";

const SHOWN = 5;
/** Those of the content stand out: only they can tell of a path MTU. */
const CONTENT: ReadonlySet<MailStage> = new Set(["body", "end-of-data"]);

/** Where in the conversation mail stalled, most often first. */
export function StalledStages({ series }: { series: readonly LogSeries[] }) {
  const counts = new Map<MailStage, number>();
  for (const { stage, count } of series.flatMap(({ stages }) => stages)) counts.set(stage, (counts.get(stage) ?? 0) + count);
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
  return (
    <section aria-label="Where it stalled">
      <h3 className="mb-3 text-sm font-semibold">Where it stalled</h3>
      {ranked.length === 0 ? (
        <p className="text-sm text-soft">Nothing stalled in this period.</p>
      ) : (
        <RankedBars
          label="Stalls by stage"
          bars={ranked.map(([stage, count]) => ({
            key: stage,
            name: MAIL_STAGE_WORDS[stage],
            count,
            figure: formatCount(count),
            colour: CONTENT.has(stage) ? "var(--bad)" : "var(--info)",
          }))}
        />
      )}
    </section>
  );
}
