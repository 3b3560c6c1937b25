import type { WatchRound } from "@mxray/contracts";
import { formatTime } from "../../format/numbers.ts";
import { roundTone, roundWords } from "../../format/watch-words.ts";
import type { Tone } from "../../format/words.ts";
import { TONE_COLOUR } from "../../ui/tone.ts";

/** Told apart by height as well as by colour: what passes is low. */
const BARS: Record<Tone, { readonly y: number; readonly height: number }> = {
  ok: { y: 12, height: 4 },
  info: { y: 8, height: 8 },
  warn: { y: 4, height: 12 },
  bad: { y: 0, height: 16 },
};
const STEP = 8;
const GAP = 2;
/** Fewer rounds leave room, so that two bars read as the begin of a row. */
const LEAST_SHOWN = 12;

/** The last rounds of a watch, the newest at the right. */
export function RoundStrip({ rounds }: { rounds: readonly WatchRound[] }) {
  const shown = rounds.toReversed();
  if (shown.length === 0) return null;
  const empty = Math.max(0, LEAST_SHOWN - shown.length);
  return (
    <svg role="img" aria-label={stripText(rounds)} width={(empty + shown.length) * STEP - GAP} height={16} className="shrink-0">
      {empty > 0 && (
        <path
          d={`M0 15H${empty * STEP - GAP}`}
          stroke="var(--faint)"
          strokeWidth={2}
          strokeDasharray={`${STEP - GAP} ${GAP}`}
          opacity={0.5}
        />
      )}
      {shown.map((round, index) => {
        const tone = roundTone(round);
        const x = (empty + index) * STEP;
        const { y, height } = BARS[tone];
        return (
          <g key={round.probeId}>
            <title>{`${formatTime(round.at)}: ${roundWords(round)}`}</title>
            <rect x={x} y={y} width={STEP - GAP} height={height} rx={1} fill={TONE_COLOUR[tone]} />
          </g>
        );
      })}
    </svg>
  );
}

/** `The last 24 probes, the newest first: 3 times "passes", then …`. */
function stripText(rounds: readonly WatchRound[]): string {
  const runs: { words: string; count: number }[] = [];
  for (const words of rounds.map(roundWords)) {
    const last = runs.at(-1);
    if (last?.words === words) last.count += 1;
    else runs.push({ words, count: 1 });
  }
  const told = runs.slice(0, 5).map(({ words, count }) => (count === 1 ? words : `${words} (${count} times)`));
  return `The last ${rounds.length === 1 ? "probe" : `${rounds.length} probes`}, the newest first: ${told.join("; ")}${runs.length > 5 ? "; …" : ""}`;
}
