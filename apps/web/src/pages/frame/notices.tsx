/** Faults of the page or the server itself: a lost connection, a newer page, work that is not done. One strip each. */
import { RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useIsStale, useLiveStatus } from "../../api/use-live.ts";
import { formatZonedTimeOfDay } from "../../format/moments.ts";
import type { Tone } from "../../format/words.ts";
import { Button } from "../../ui/button.tsx";
import { TONE_SOFT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** A connection that comes back at once was never worth a word. */
const GRACE_MS = 1500;

export function Notices() {
  const stale = useIsStale();
  const lostAt = useLostAt();
  const { problems } = useLiveStatus();
  return (
    <div aria-live="polite" className="no-print">
      {lostAt !== null && (
        <Strip tone="warn">Connection lost at {formatZonedTimeOfDay(lostAt)}. This page may be out of date; reconnecting …</Strip>
      )}
      {problems.map(({ work, message, since }) => (
        <Strip key={work} tone="warn">
          {message} Since {formatZonedTimeOfDay(Date.parse(since))}.
        </Strip>
      ))}
      {stale && (
        <Strip
          tone="info"
          action={
            <Button onClick={() => window.location.reload()}>
              <RefreshCw size={15} aria-hidden /> Reload
            </Button>
          }
        >
          mxray was upgraded; this page is an older version.
        </Strip>
      )}
    </div>
  );
}

/** When the connection was lost; null while there is one, and for the first moment. */
function useLostAt(): number | null {
  const { lostAt, signedOut } = useLiveStatus();
  const [told, tell] = useState<number | null>(null);
  useEffect(() => {
    if (lostAt === null) return;
    const timer = setTimeout(() => tell(lostAt), GRACE_MS);
    return () => {
      clearTimeout(timer);
      tell(null);
    };
  }, [lostAt]);
  return signedOut ? null : told;
}

function Strip({ tone, action, children }: { tone: Tone; action?: ReactNode; children: ReactNode }) {
  return (
    <div className={TONE_SOFT[tone]}>
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 text-sm sm:px-6">
        <ToneIcon tone={tone} />
        <p className="min-w-0 flex-1 basis-48 text-ink">{children}</p>
        {action}
      </div>
    </div>
  );
}
