import type { ReactNode } from "react";

export interface RankedBar {
  readonly key: string;
  readonly name: ReactNode;
  readonly count: number;
  /** What is said of it in figures. */
  readonly figure: ReactNode;
  readonly colour: string;
}

/** A short ranking: a bar under each name, as long as its share of the longest, and the figure beside it. */
export function RankedBars({ label, bars }: { label: string; bars: readonly RankedBar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <ol aria-label={label} className="space-y-2.5">
      {bars.map(({ key, name, count, figure, colour }) => (
        <li key={key} className="text-sm">
          <span className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 truncate">{name}</span>
            <span className="shrink-0 tabular-nums text-soft">{figure}</span>
          </span>
          <span aria-hidden className="mt-1 block h-1.5 overflow-hidden rounded-full bg-raised">
            <span className="block h-full rounded-full" style={{ width: `${Math.max(2, (100 * count) / most)}%`, background: colour }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
