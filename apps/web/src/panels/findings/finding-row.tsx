import { type FindingSummary, subjectAddresses } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { formatCount } from "../../format/numbers.ts";
import { CONFIDENCE_WORDS, SEVERITY_WORDS, STATE_TONES, STATE_WORDS, subjectWords, toneOf } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Time } from "../../ui/time.tsx";
import { TONE_TEXT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** A kept finding in a list: how bad, what and where, since when, how sure. */
export function FindingRow({ finding, withState = false }: { finding: FindingSummary; withState?: boolean }) {
  const { id, state, code, severity, confidence, subject, title, sinceAt, lastSeenAt, fixedAt, note, explainedBy, stalled = 0 } = finding;
  const tone = state === "fixed" ? "ok" : toneOf(finding);
  const [, ...others] = new Set(subjectAddresses(finding));
  const [second, ...further] = others;
  const where = [subjectWords(subject), second, further.length > 0 && `and ${further.length} more`].filter(Boolean).join(" ");
  return (
    <Link
      to="/findings/$id"
      params={{ id }}
      data-row
      className="grid grid-cols-[18px_1fr] gap-x-3 gap-y-1 px-4 py-3 -outline-offset-2 hover:bg-raised md:grid-cols-[18px_1fr_auto]"
    >
      <span className="pt-0.5">
        <ToneIcon tone={tone} />
      </span>
      <span className="min-w-0">
        <span className="line-clamp-3 font-semibold wrap-anywhere md:line-clamp-2">{title}</span>
        <span className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 text-sm text-soft">
          <span className={`font-semibold ${state === "fixed" ? "" : TONE_TEXT[tone]}`}>{SEVERITY_WORDS[severity]}</span>
          <span>{FINDING_NAMES[code]}</span>
          <span className="min-w-0 max-w-full truncate font-mono text-[13px]" title={where}>
            {where}
          </span>
          {stalled > 0 && <span className="font-semibold text-ink">{formatCount(stalled)} stalled in 7 days</span>}
        </span>
        {explainedBy !== null && <span className="mt-0.5 block text-sm text-soft">Explained by: {FINDING_NAMES[explainedBy.code]}</span>}
        {state === "acknowledged" && note !== null && <span className="mt-0.5 line-clamp-2 text-sm text-soft wrap-anywhere">“{note}”</span>}
      </span>
      <span className="col-start-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-soft md:col-start-auto md:flex-col md:items-end md:justify-center">
        <span className="flex gap-1.5">
          {withState && <Badge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</Badge>}
          <Badge tone="info">{CONFIDENCE_WORDS[confidence]}</Badge>
        </span>
        {fixedAt === null ? (
          <span>
            <Time at={sinceAt} show="since" />, last seen <Time at={lastSeenAt} show="ago" />
          </span>
        ) : (
          <span>
            fixed <Time at={fixedAt} show="ago" />
          </span>
        )}
      </span>
    </Link>
  );
}
