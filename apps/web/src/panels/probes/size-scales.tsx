/** Which packet sizes arrived before and now, one small scale below the other on the same axis, for each direction. */
import type { ComparedHost, ComparedPath } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import { ChartMark } from "../charts/chart-mark.tsx";

const DIRECTIONS = [
  ["outbound", "Packets to the host"],
  ["inbound", "Packets from the host"],
] as const;

/** @param before,after as each probe saw the host; null where it did not reach it */
export function SizeScales({ before, after }: { before: ComparedHost | null; after: ComparedHost | null }) {
  return DIRECTIONS.map(([direction, title]) => {
    const [was, is] = [before?.[direction] ?? null, after?.[direction] ?? null];
    const sizes = [was, is].flatMap((side) => side?.sizes?.map(({ bytes }) => bytes) ?? []);
    if (sizes.length === 0) return null;
    const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
    const air = Math.max(10, (high - low) * 0.06);
    const place = (bytes: number) => `${(100 * (bytes - low + air)) / (high - low + 2 * air)}%`;
    return (
      <section key={direction} aria-label={`${title}: sizes that arrived`} className="print-colours">
        <h3 className="text-sm font-semibold text-soft">{title}</h3>
        <Scale name="Before" path={was} place={place} />
        <Scale name="Now" path={is} place={place} />
        <p aria-hidden className="relative ml-16 h-4 text-xs text-soft tabular-nums">
          <span className="absolute -translate-x-1/2" style={{ left: place(low) }}>
            {formatCount(low)}
          </span>
          {high > low && (
            <span className="absolute -translate-x-1/2 whitespace-nowrap" style={{ left: place(high) }}>
              {formatCount(high)}
              <span className="max-sm:hidden"> bytes</span>
            </span>
          )}
        </p>
      </section>
    );
  });
}

function Scale({ name, path, place }: { name: string; path: ComparedPath | null; place: (bytes: number) => string }) {
  const sizes = path?.sizes ?? [];
  const words = sizes.map(({ bytes, arrived, lost }) => `${formatCount(bytes)} ${arrived ? (lost ? "partly lost" : "arrived") : "lost"}`);
  return (
    <p className="flex items-center text-sm">
      <span className="w-16 shrink-0">{name}</span>
      <span role="img" aria-label={words.length === 0 ? "not measured" : `Bytes: ${words.join(", ")}`} className="relative h-6 flex-1">
        <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
        {sizes.length === 0 && <span className="absolute bg-card pr-2 text-xs leading-6 text-soft">not measured</span>}
        {sizes.map(({ bytes, arrived, lost }) => (
          <span
            key={bytes}
            title={`${formatCount(bytes)} bytes`}
            className="absolute top-1/2 -translate-x-1/2 -translate-y-1/2"
            style={{ left: place(bytes) }}
          >
            <svg width={14} height={14} aria-hidden="true" className="block">
              {arrived && <ChartMark shape="dot" colour="var(--ok)" cx={7} cy={7} />}
              {lost && <ChartMark shape="cross" colour={arrived ? "var(--warn)" : "var(--bad)"} cx={7} cy={7} />}
            </svg>
          </span>
        ))}
      </span>
    </p>
  );
}
