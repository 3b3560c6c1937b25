import type { ReactNode } from "react";
import type { Tone } from "../format/words.ts";
import { TONE_SOFT } from "./tone.ts";

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-semibold ${TONE_SOFT[tone]}`}>{children}</span>
  );
}
