import type { LogSource, LogSourceState } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import type { Tone } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";

const STATES: Record<LogSourceState, readonly [Tone, string]> = {
  following: ["ok", "followed to its end"],
  "catching-up": ["info", "catching up"],
  waiting: ["warn", "waiting"],
  failed: ["bad", "cannot be read"],
};

/** Whether the logs that all this rests on are read. */
export function LogSourcesCard({ sources }: { sources: readonly LogSource[] }) {
  return (
    <Card title="Mail logs">
      <ul className="space-y-3">
        {sources.map(({ id, location, state, notice, lines, lastLineAt }) => {
          const [tone, words] = STATES[state];
          return (
            <li key={id} className="grid grid-cols-[18px_1fr] gap-x-2.5">
              <span className="pt-0.5">
                <ToneIcon tone={tone} />
              </span>
              <div className="min-w-0">
                <p className="truncate font-mono text-[13px] font-semibold" title={location}>
                  {location}
                </p>
                <p className="text-sm text-soft">
                  {words} · {formatCount(lines)} lines
                  {lastLineAt !== null && (
                    <>
                      , the last <Time at={lastLineAt} show="ago" />
                    </>
                  )}
                </p>
                {notice !== null && <p className="text-sm text-soft wrap-anywhere">{notice}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
