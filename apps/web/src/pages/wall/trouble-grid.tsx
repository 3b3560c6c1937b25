import type { WallGrouping, WallTrouble } from "@mxray/contracts";
import { memo } from "react";
import { fitGrid, type TileShape } from "./fit-grid.ts";
import { PageDots } from "./page-dots.tsx";
import { TroubleTile } from "./trouble-tile.tsx";
import { usePages } from "./use-pages.ts";
import { useSize } from "./use-size.ts";
import type { WallOptions } from "./wall-options.ts";

/** In rem: what can still be read from five metres. */
const GAP = 1;
const TILE: TileShape = { leastWidth: 27, leastHeight: 9.1, ratio: 2.6 };

/** Open findings, the worst first. */
export const TroubleGrid = memo(function TroubleGrid({
  troubles,
  grouping,
  leftOut,
  now,
  options,
}: {
  troubles: readonly WallTrouble[];
  grouping: WallGrouping;
  /** Findings that the server did not send. */
  leftOut: number;
  now: number;
  options: WallOptions;
}) {
  const [element, { width, height }] = useSize<HTMLDivElement>();
  const { columns, rows } = fitGrid(troubles.length, { width, height, gap: GAP }, TILE);
  const { shown, page, pages } = usePages(troubles, columns * rows, options);
  return (
    <section aria-label="Open findings" className="flex min-h-0 flex-1 flex-col gap-3">
      <div ref={element} className="min-h-0 flex-1">
        <ul
          key={page}
          className="wall-turn grid h-full gap-4"
          style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` }}
        >
          {shown.map((trouble) => (
            <TroubleTile key={trouble.key} trouble={trouble} grouping={grouping} now={now} />
          ))}
        </ul>
      </div>
      {(pages > 1 || leftOut > 0) && (
        <div className="flex items-center justify-between gap-6">
          <PageDots page={page} pages={pages} what="Page" />
          {leftOut > 0 && <p className="text-xl text-soft">{leftOut} further findings, none more severe</p>}
        </div>
      )}
    </section>
  );
});
