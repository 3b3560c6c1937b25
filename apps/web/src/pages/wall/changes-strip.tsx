import { FINDING_SEVERITY, type WallChange } from "@mxray/contracts";
import { memo } from "react";
import { FINDING_WORDS } from "../../format/finding-words.ts";
import { formatMoment } from "../../format/moments.ts";
import { useSize } from "./use-size.ts";
import { signText, WallMark } from "./wall-mark.tsx";

/** In rem. */
const LEAST_WIDTH = 26;

/** What opened and what was fixed, the newest first; as many as there is room for. */
export const ChangesStrip = memo(function ChangesStrip({ changes, now }: { changes: readonly WallChange[]; now: number }) {
  const [element, { width }] = useSize<HTMLOListElement>();
  const columns = Math.max(1, Math.floor(width / LEAST_WIDTH));
  return (
    <section aria-label="Newest changes" className="shrink-0 border-t border-line pt-4">
      <ol ref={element} className="grid h-14 gap-6" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {changes.length === 0 && <li className="self-center text-xl text-soft">No change yet</li>}
        {changes.slice(0, columns).map((change) => (
          <Change key={`${change.id} ${change.kind} ${change.at}`} change={change} now={now} />
        ))}
      </ol>
    </section>
  );
});

function Change({ change: { kind, at, name, code }, now }: { change: WallChange; now: number }) {
  const sign = kind === "fixed" ? "ok" : FINDING_SEVERITY[code] === "critical" ? "critical" : "warning";
  return (
    <li data-testid="change" className="flex min-w-0 items-center gap-3 leading-tight">
      <WallMark sign={sign} className={`size-8 ${signText(sign)}`} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-xl">
          <span className="text-soft tabular-nums">{formatMoment(at, now)}</span> <span className="font-semibold">{name}</span>
        </span>
        <span className="block truncate text-lg text-soft">
          {kind}: {FINDING_WORDS[code]}
        </span>
      </span>
    </li>
  );
}
