import { formatSpan, formatTimeWithSeconds } from "../../format/moments.ts";
import { WallMark } from "./wall-mark.tsx";

/** Over the foot of the picture: tiles keep their places, which are known by heart. */
const OVER = "absolute inset-x-8 bottom-6 z-10 flex items-center rounded-2xl px-8";
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
      <div role="alert" className={`wall-stripes gap-6 border-4 border-warn bg-warn-soft py-2 ${OVER}`}>
        <WallMark sign="warning" ground="var(--warn-soft)" className="size-12 text-warn" />
        <div className="min-w-0">
          <p className="text-[2rem] leading-tight font-bold" aria-live="off">
            Stale: this screen shows {formatTimeWithSeconds(now - ageMs)}, {formatSpan(ageMs)} ago
          </p>
          <p className="line-clamp-2 text-xl leading-snug [overflow-wrap:anywhere]">
            {problem ?? "mxray does not answer."} Retrying automatically.
          </p>
        </div>
      </div>
    );
  }
  if (regained === null || regained.agoMs > REGAINED_MS) return null;
  return (
    <p role="status" className={`gap-5 bg-ok-soft py-4 text-2xl ${OVER}`}>
      <WallMark sign="ok" ground="var(--ok-soft)" className="size-10 text-ok" />
      Connected again after {formatSpan(regained.afterMs)}; this screen is up to date.
    </p>
  );
}
