import { formatSpan, formatTimeWithSeconds } from "../../format/moments.ts";
import { WallMark } from "./wall-mark.tsx";

/** How long it is told that the connection came back. */
const REGAINED_MS = 10_000;

export interface Connection {
  readonly stale: boolean;
  readonly ageMs: number;
  readonly problem: string | null;
  /** Milliseconds since the connection came back, and how long it was away; null when it never went. */
  readonly regained: { readonly agoMs: number; readonly afterMs: number } | null;
}

/** That what is shown is old and why, or that it is new again. */
export function ConnectionBanner({ connection: { stale, ageMs, problem, regained }, now }: { connection: Connection; now: number }) {
  if (stale) {
    return (
      <div role="alert" className="wall-stripes flex shrink-0 items-center gap-6 rounded-2xl border-4 border-warn bg-warn-soft px-8 py-5">
        <WallMark sign="warning" ground="var(--warn-soft)" className="size-16 text-warn" />
        <div className="min-w-0">
          <p className="text-[2.4rem] leading-tight font-bold" aria-live="off">
            Stale: this screen shows {formatTimeWithSeconds(now - ageMs)}, {formatSpan(ageMs)} ago
          </p>
          <p className="mt-1 text-2xl leading-snug [overflow-wrap:anywhere]">
            {problem ?? "mxray does not answer."} Retrying automatically.
          </p>
        </div>
      </div>
    );
  }
  if (regained === null || regained.agoMs > REGAINED_MS) return null;
  return (
    <p role="status" className="flex shrink-0 items-center gap-5 rounded-2xl bg-ok-soft px-8 py-4 text-2xl">
      <WallMark sign="ok" ground="var(--ok-soft)" className="size-10 text-ok" />
      Connected again after {formatSpan(regained.afterMs)}; this screen is up to date.
    </p>
  );
}
