import { formatAgo, formatSince, formatTime, formatUtc, formatZoned } from "../format/numbers.ts";

const SHOWN = { moment: formatTime, zoned: formatZoned, ago: formatAgo, since: formatSince } as const;

/** A time as the reader's clock has it; pointed at, also in UTC, which is what logs and colleagues elsewhere say. */
export function Time({ at, show = "moment", className }: { at: string; show?: keyof typeof SHOWN; className?: string }) {
  const title = show === "moment" ? formatUtc(at) : `${formatTime(at)} (${formatUtc(at)})`;
  return (
    <time dateTime={at} title={title} className={className}>
      {SHOWN[show](at)}
    </time>
  );
}
