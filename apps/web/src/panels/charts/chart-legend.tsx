/** What the marks of a chart mean, drawn as the chart draws them; a click hides or shows one. */
import { useId, useState } from "react";
import type { Look } from "../../ui/outcome-look.ts";
import { ChartPatterns, fillOf } from "./chart-fill.tsx";
import { ChartMark, type MarkShape } from "./chart-mark.tsx";

export interface LegendEntry {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  /** A bar is filled, a line has dashes, a mark a shape, an area a frame. */
  readonly drawn:
    | { readonly as: "bar" | "area" }
    | { readonly as: "line"; readonly dashes: string }
    | { readonly as: "mark"; readonly shape: MarkShape };
}

export interface Hidden {
  readonly has: (key: string) => boolean;
  readonly toggle: (key: string) => void;
}

/** Which entries are hidden. The last one that is shown stays. */
export function useHidden(entries: readonly { readonly key: string }[], first: readonly string[] = []): Hidden {
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set(first));
  return {
    has: (key) => hidden.has(key),
    toggle: (key) => {
      const next = new Set(hidden);
      if (!next.delete(key)) next.add(key);
      if (entries.some((entry) => !next.has(entry.key))) hide(next);
    },
  };
}

export function ChartLegend({ entries, hidden }: { entries: readonly LegendEntry[]; hidden: Hidden }) {
  return (
    <ul className="flex flex-wrap gap-x-1 gap-y-0.5 pb-1 text-[12.5px]">
      {entries.map((entry) => {
        const shown = !hidden.has(entry.key);
        return (
          <li key={entry.key}>
            <button
              type="button"
              aria-pressed={shown}
              title={shown ? `Hide ${entry.name}` : `Show ${entry.name}`}
              onClick={() => hidden.toggle(entry.key)}
              className={`inline-flex min-h-6 items-center gap-1.5 rounded px-1.5 hover:bg-raised ${shown ? "text-ink" : "text-soft line-through"}`}
            >
              <Swatch entry={entry} shown={shown} />
              {entry.name}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Swatch({ entry: { look, drawn }, shown }: { entry: LegendEntry; shown: boolean }) {
  const id = useId();
  return (
    <svg width={18} height={12} aria-hidden="true" className="shrink-0" opacity={shown ? 1 : 0.35}>
      <ChartPatterns id={id} looks={[look]} />
      {drawn.as === "bar" && <rect x={2} y={1} width={14} height={10} rx={1.5} {...fillOf(id, look)} />}
      {drawn.as === "area" && <rect x={2} y={1} width={14} height={10} fill={look.colour} fillOpacity={0.18} stroke={look.colour} />}
      {drawn.as === "line" && <path d="M0,6H18" stroke={look.colour} strokeWidth={2} strokeDasharray={drawn.dashes} />}
      {drawn.as === "mark" && <ChartMark shape={drawn.shape} colour={look.colour} cx={9} cy={6} />}
    </svg>
  );
}
