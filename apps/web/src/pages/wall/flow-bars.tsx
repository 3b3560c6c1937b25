import type { WallFlow } from "@mxray/contracts";

/** Percent of the height for what arrived or waits, above the line; what stalled hangs below it. */
const ABOVE = 68;
const BELOW = 100 - ABOVE;
/** Percent: one stall among thousands of mails is seen, too. */
const LEAST = 7;

/**
 * Bars that are read without colour: delivered is filled and stands on the line, deferred is striped on top of it, stalled hangs
 * below. What stalled has a scale of its own, since there is so much less of it.
 */
export function FlowBars({ buckets }: { buckets: WallFlow["buckets"] }) {
  const most = Math.max(1, ...buckets.map(({ delivered, deferred }) => delivered + deferred));
  const mostStalled = Math.max(1, ...buckets.map(({ stalled }) => stalled));
  const above = (count: number) => (count === 0 ? 0 : Math.max(2, (ABOVE * count) / most));
  const below = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (BELOW * count) / mostStalled));
  return (
    <div aria-hidden className="relative flex h-full min-w-0 flex-1 gap-[3px]">
      <div className="absolute inset-x-0 h-px bg-line" style={{ top: `${ABOVE}%` }} />
      {buckets.map(({ delivered, deferred, stalled }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its place
        <div key={index} className="relative min-w-0 flex-1">
          <div
            className="absolute inset-x-0 rounded-t-[2px] bg-ok opacity-70"
            style={{ bottom: `${BELOW}%`, height: `${above(delivered)}%` }}
          />
          <div
            className="absolute inset-x-0"
            style={{
              bottom: `${BELOW + above(delivered)}%`,
              height: `${above(deferred)}%`,
              background: "repeating-linear-gradient(45deg, var(--warn) 0 3px, transparent 3px 6px)",
            }}
          />
          <div className="absolute inset-x-0 rounded-b-[2px] bg-bad" style={{ top: `${ABOVE}%`, height: `${below(stalled)}%` }} />
        </div>
      ))}
    </div>
  );
}
