import type { WallCalm } from "@mxray/contracts";
import { Eye } from "lucide-react";
import { memo } from "react";
import { FINDING_WORDS } from "../../format/finding-words.ts";
import { formatSpan } from "../../format/moments.ts";
import { PageDots } from "./page-dots.tsx";
import { usePages } from "./use-pages.ts";
import { useSize } from "./use-size.ts";
import { calmSign } from "./wall-counts.ts";
import { signText, WallMark } from "./wall-mark.tsx";
import type { WallOptions } from "./wall-options.ts";

/** In rem. */
const HEAD = 2.75;
const HOUR_MS = 3_600_000;
const CHIP = { leastWidth: 20, height: 2.9, gap: 0.6 };

/** Destinations without a finding, small: what needs nobody takes little room. */
export const CalmBand = memo(function CalmBand({
  calm,
  now,
  room,
  options,
}: {
  calm: readonly WallCalm[];
  now: number;
  /** The most that it takes of the picture's height, rem. */
  room: number;
  options: WallOptions;
}) {
  const [element, { width }] = useSize<HTMLDivElement>();
  const columns = Math.max(1, Math.floor((width + CHIP.gap) / (CHIP.leastWidth + CHIP.gap)));
  const mostRows = Math.max(1, Math.floor((room - HEAD) / (CHIP.height + CHIP.gap)));
  const rows = Math.min(mostRows, Math.ceil(calm.length / columns));
  const { shown, page, pages } = usePages(calm, columns * rows, options);
  return (
    <section aria-label="Without a finding" className="flex shrink-0 flex-col gap-3">
      <div className="flex h-8 shrink-0 items-center justify-between gap-6">
        <h2 className="text-xl font-semibold text-soft">Without a finding</h2>
        <PageDots page={page} pages={pages} what="Page" />
      </div>
      <div ref={element}>
        <ul
          key={page}
          className="wall-turn grid"
          style={{
            gap: `${CHIP.gap}rem`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            gridTemplateRows: `repeat(${rows}, ${CHIP.height}rem)`,
          }}
        >
          {shown.map((destination) => (
            <Chip key={destination.name} destination={destination} now={now} />
          ))}
        </ul>
      </div>
    </section>
  );
});

/** What it says is as old as its last probe: said where that is not of this hour. */
function Chip({ destination: { name, code, probedAt, watched }, now }: { destination: WallCalm; now: number }) {
  const sign = calmSign(code);
  const age = now - Date.parse(probedAt);
  const words = [
    ...(code === "healthy" ? [] : [sign === "unclear" || code === null ? "unclear" : FINDING_WORDS[code]]),
    ...(age < HOUR_MS ? [] : [`${formatSpan(age)} ago`]),
  ];
  return (
    <li data-testid="calm" className="flex min-w-0 items-center gap-2.5 rounded-xl border border-line bg-card px-3 text-xl leading-none">
      <WallMark sign={sign} ground="var(--card)" className={`size-6 ${signText(sign)}`} />
      <span className="min-w-0 truncate leading-normal">{name}</span>
      {watched && <Eye aria-label="watched" className="size-5 shrink-0 text-soft" />}
      {words.length > 0 && <span className="ml-auto shrink-0 text-lg leading-normal text-soft">{words.join(", ")}</span>}
    </li>
  );
}
