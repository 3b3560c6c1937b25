import type { WallFlow } from "@mxray/contracts";
import { memo } from "react";
import { FlowBars } from "./flow-bars.tsx";
import { signText, WallMark, type WallSign } from "./wall-mark.tsx";

const FIGURES = [
  ["ok", "delivered"],
  ["warning", "deferred"],
  ["critical", "stalled"],
] as const satisfies readonly (readonly [WallSign, keyof WallFlow["buckets"][number]])[];

/** What became of mail in the last day: how much in all, and when. */
export const FlowStrip = memo(function FlowStrip({ flow: { buckets } }: { flow: WallFlow }) {
  return (
    <section
      aria-label="Mail of the last 24 hours"
      data-testid="flow"
      className="flex h-20 shrink-0 items-center gap-8 border-t border-line pt-4 portrait:h-36 portrait:flex-col portrait:items-stretch portrait:gap-3"
    >
      <ul className="flex shrink-0 items-center gap-8 portrait:justify-between portrait:gap-4">
        {FIGURES.map(([sign, name]) => {
          const count = buckets.reduce((sum, bucket) => sum + bucket[name], 0);
          return (
            <li key={name} className={`flex items-center gap-2.5 ${count === 0 ? "text-faint" : signText(sign)}`}>
              <WallMark sign={sign} className="size-7" />
              <span className="text-3xl leading-none font-bold text-ink tabular-nums">{formatLarge(count)}</span>
              <span className="text-xl leading-none text-soft">{name}</span>
            </li>
          );
        })}
        <li className="text-xl leading-none text-soft">in 24 h</li>
      </ul>
      <FlowBars buckets={buckets} />
    </section>
  );
});

const LARGE = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** `812`, `12.4K`: a wall is read at a glance. */
function formatLarge(count: number): string {
  return count < 10_000 ? count.toLocaleString() : LARGE.format(count);
}
