import type { Finding } from "@mxray/contracts";
import { formatEndpoint } from "@mxray/contracts";
import type { ReactNode } from "react";
import { CONFIDENCE_WORDS, toneOf } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Time } from "../../ui/time.tsx";
import { TONE_BORDER } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** Evidence of one probe is no older than the probe. */
const A_PROBE_MS = 10 * 60_000;

/** The conclusion, in one sentence that can be read across a room. */
export function VerdictBanner({ finding, heading: Heading, children }: { finding: Finding; heading: "h1" | "h2"; children?: ReactNode }) {
  const tone = toneOf(finding);
  // As a probe found it, it began before anybody looked only where a log shows that.
  const began = Date.parse(finding.firstSeen) - Date.parse(finding.since) > A_PROBE_MS ? finding.since : null;
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
          <Heading className="text-xl leading-snug font-bold break-words sm:text-2xl print:text-lg">{finding.title}</Heading>
          <div className="mt-2 flex flex-wrap items-center gap-2 text-sm text-soft">
            <Badge tone={tone}>{finding.severity === "info" && tone === "ok" ? "fine" : finding.severity}</Badge>
            {tone !== "ok" && <Badge tone="info">{CONFIDENCE_WORDS[finding.confidence]}</Badge>}
            {finding.subjects.map(
              ({ address, port }) =>
                address !== null && (
                  <span key={address} className="font-mono text-[13px]">
                    {formatEndpoint(address, port ?? undefined)}
                  </span>
                ),
            )}
            <span className="font-mono text-[13px] text-faint">{finding.code}</span>
            {tone !== "ok" && began !== null && (
              <span data-testid="since">
                <Time at={began} show="since" />
              </span>
            )}
          </div>
          <p className="mt-3 max-w-[75ch] break-words print:max-w-none">{finding.summary}</p>
          {children}
        </div>
      </div>
    </section>
  );
}
