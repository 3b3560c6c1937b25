import type { FindingCode, WallGrouping, WallTrouble } from "@mxray/contracts";
import { type CSSProperties, useState } from "react";
import { FINDING_WORDS } from "../../format/finding-words.ts";
import { formatMoment, formatSpan } from "../../format/moments.ts";
import { formatCount } from "../../format/numbers.ts";
import { CONFIDENCE_WORDS } from "../../format/words.ts";
import { HostName } from "../../ui/host-name.tsx";
import { tileState } from "./tile-state.ts";
import { WallMark } from "./wall-mark.tsx";

/** Characters that two lines of a small tile hold. */
const WHOLE_NAME = 18;
const LEAST_SCALE = 0.7;
const MINUTE_MS = 60_000;
/** A trouble flashes once when it appears, and once whenever it changes. */
const NEW_MS = MINUTE_MS;

const LOOKS: Record<WallTrouble["severity"], { ground: string; frame: string; mark: string; text: string }> = {
  critical: { ground: "var(--bad)", frame: "border-bad bg-bad-soft", mark: "bg-bad text-card", text: "text-bad" },
  warning: { ground: "var(--warn)", frame: "border-warn bg-warn-soft", mark: "bg-warn text-card", text: "text-warn" },
};
const QUIET = { ground: "var(--card)", frame: "border-line bg-card", mark: "border-r border-line", text: "text-soft" };

/** One destination, or one kind of trouble: what, where, since when, how sure. */
export function TroubleTile({ trouble, grouping, now }: { trouble: WallTrouble; grouping: WallGrouping; now: number }) {
  const { severity, acknowledged, since, stalled, kinds } = trouble;
  const { ground, frame, mark, text } = acknowledged ? QUIET : LOOKS[severity];
  const age = now - Date.parse(since);
  const [worst] = kinds;
  const state = tileState(trouble);
  const [atFirst] = useState(state);
  const flashes = state !== atFirst || (age < NEW_MS && !acknowledged);
  const title = grouping === "kind" && worst !== undefined ? FINDING_WORDS[worst.code] : trouble.name;
  return (
    <li
      data-testid="tile"
      data-state={acknowledged ? "known" : severity}
      className={`wall-tile min-h-0 min-w-0 overflow-hidden rounded-2xl border-2 ${frame}`}
    >
      <div className="flex h-full">
        <div
          className={`wall-tile-mark flex shrink-0 flex-col items-center justify-center gap-[0.5em] ${mark} ${acknowledged ? LOOKS[severity].text : ""}`}
        >
          {/* Another key: the animation runs again for each change. */}
          <WallMark key={state} sign={severity} ground={ground} className={`w-1/2 ${flashes ? "wall-new" : ""}`} />
          <span className="wall-tile-word font-bold tracking-wide uppercase">{acknowledged ? "known" : severity}</span>
        </div>
        <div className="flex min-w-0 flex-1 flex-col justify-center gap-[1cqh] px-[4cqw]">
          <h2
            className="wall-tile-name line-clamp-2 leading-[1.12] font-bold tracking-tight [overflow-wrap:anywhere]"
            style={{ "--scale": hostNameScale(title) } as CSSProperties}
          >
            <HostName name={title} />
          </h2>
          <p className="wall-tile-since wall-tile-whole leading-[1.15] font-semibold tabular-nums">
            <span>{age < MINUTE_MS ? "just now" : formatSpan(age)}</span>
            {stalled > 0 && <span className="text-bad">{formatCount(stalled)} stalled</span>}
            <span className="font-normal text-soft">since {formatMoment(since, now)}</span>
          </p>
          <p className={`wall-tile-kind wall-tile-whole leading-[1.15] font-semibold ${text}`}>
            <span className="max-w-full truncate">{subtitleOf(trouble, grouping)}</span>
            {worst !== undefined && <span>({CONFIDENCE_WORDS[worst.confidence]})</span>}
          </p>
        </div>
      </div>
    </li>
  );
}

function subtitleOf({ kinds, members, memberCount }: WallTrouble, grouping: WallGrouping): string {
  switch (grouping) {
    case "kind":
      return memberCount === 0 ? "this server" : listOf(members, memberCount);
    case "host":
    case "domain":
      return listOf(
        kinds.slice(0, 2).map(({ code }: { code: FindingCode }) => FINDING_WORDS[code]),
        kinds.length,
      );
  }
}

function listOf(names: readonly string[], count: number): string {
  const more = count - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The size of a name by the size of a short one: a long name is written smaller. */
function hostNameScale(name: string): number {
  return Math.max(LEAST_SCALE, Math.min(1, WHOLE_NAME / name.length));
}
