import type { Finding } from "@mxray/contracts";
import { formatEndpoint } from "@mxray/contracts";
import type { ReactNode } from "react";
import { CONFIDENCE_WORDS, toneOf } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Time } from "../../ui/time.tsx";
import { VerdictCard } from "../../ui/verdict-card.tsx";

/** Evidence of one probe is no older than the probe. */
const A_PROBE_MS = 10 * 60_000;

/** The conclusion, in one sentence that can be read across a room. */
export function VerdictBanner({ finding, heading, children }: { finding: Finding; heading: "h1" | "h2"; children?: ReactNode }) {
  const tone = toneOf(finding);
  // As a probe found it, it began before anybody looked only where a log shows that.
  const began = Date.parse(finding.firstSeen) - Date.parse(finding.since) > A_PROBE_MS ? finding.since : null;
  return (
    <VerdictCard tone={tone} heading={heading} title={finding.title}>
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
    </VerdictCard>
  );
}
