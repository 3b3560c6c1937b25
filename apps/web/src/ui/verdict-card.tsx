import type { ReactNode } from "react";
import type { Tone } from "../format/words.ts";
import { TONE_BORDER } from "./tone.ts";
import { ToneIcon } from "./tone-icon.tsx";

/** A conclusion, in one sentence that can be read across a room, and what belongs to it. */
export function VerdictCard({
  tone,
  heading: Heading,
  title,
  children,
}: {
  tone: Tone;
  heading: "h1" | "h2";
  title: string;
  children: ReactNode;
}) {
  return (
    <section
      className={`card rounded-xl border border-l-4 border-line bg-card p-5 sm:p-6 ${TONE_BORDER[tone]}`}
      aria-label="Verdict"
      data-testid="verdict"
    >
      <div className="flex gap-3.5">
        <span className="pt-1">
          <ToneIcon tone={tone} size={26} />
        </span>
        <div className="min-w-0 flex-1">
          <Heading className="text-xl leading-snug font-bold wrap-anywhere sm:text-2xl print:text-lg">{title}</Heading>
          {children}
        </div>
      </div>
    </section>
  );
}
