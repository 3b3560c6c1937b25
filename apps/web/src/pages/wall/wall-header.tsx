import type { WallSnapshot } from "@mxray/contracts";
import { formatLongDay, formatSpan, formatTimeOfDay, zoneName } from "../../format/moments.ts";
import { Wordmark } from "../../ui/wordmark.tsx";
import { countWall } from "./wall-counts.ts";
import { signText, WallMark } from "./wall-mark.tsx";

/** How bad it is, what time it is, and how old the picture. */
export function WallHeader({ snapshot, now, ageMs, live }: { snapshot: WallSnapshot | null; now: number; ageMs: number; live: boolean }) {
  return (
    <header className="flex shrink-0 flex-wrap items-center justify-between gap-x-10 gap-y-4">
      <h1 className="sr-only">Mail destinations</h1>
      <div className="[zoom:1.35]">
        <Wordmark />
      </div>
      {snapshot !== null && <Counts snapshot={snapshot} />}
      <div className="text-right leading-none">
        <p className="text-[3.4rem] font-semibold tracking-tight tabular-nums">{formatTimeOfDay(now)}</p>
        <p className="mt-2 flex items-center justify-end gap-2.5 text-xl text-soft tabular-nums">
          {formatLongDay(now)}, {zoneName(now)}
          <span aria-hidden="true">·</span>
          <span className={`size-3 rounded-full ${live ? "bg-ok" : "bg-warn"}`} aria-hidden="true" />
          <span data-testid="age">{live ? `live, ${formatSpan(ageMs)} old` : `${formatSpan(ageMs)} old`}</span>
        </p>
      </div>
    </header>
  );
}

function Counts({ snapshot }: { snapshot: WallSnapshot }) {
  return (
    <ul
      className="flex flex-wrap items-center gap-x-9 gap-y-2 portrait:order-last portrait:w-full portrait:justify-between portrait:gap-x-4"
      data-testid="counts"
    >
      {countWall(snapshot).map(({ sign, word, count }) => (
        <li key={word} className={`flex items-center gap-3 portrait:gap-2 ${count === 0 ? "text-faint" : signText(sign)}`}>
          <WallMark sign={sign} className="size-9 portrait:size-7" />
          <span className="text-[2.6rem] leading-none font-bold text-ink tabular-nums portrait:text-[2.2rem]">{count}</span>
          <span className="text-2xl leading-none text-soft portrait:text-xl">{word}</span>
        </li>
      ))}
    </ul>
  );
}
