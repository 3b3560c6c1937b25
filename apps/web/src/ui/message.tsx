import type { ReactNode } from "react";
import type { Tone } from "../format/words.ts";
import { TONE_SOFT } from "./tone.ts";
import { ToneIcon } from "./tone-icon.tsx";

/** One sentence about what happened, and what to do next. */
export function Message({ tone, children, action }: { tone: Tone; children: ReactNode; action?: ReactNode }) {
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={`flex flex-wrap items-center gap-3 rounded-lg px-4 py-3 ${TONE_SOFT[tone]}`}>
      <ToneIcon tone={tone} />
      <p className="min-w-0 flex-1 basis-48 break-words text-ink">{children}</p>
      {action}
    </div>
  );
}
