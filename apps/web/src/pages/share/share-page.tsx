import { type SharedDiagnosis, ticketText } from "@mxray/contracts";
import { Download, Printer } from "lucide-react";
import { useState } from "react";
import { formatMs, formatUtc } from "../../format/numbers.ts";
import { Diagnosis, type DiagnosisPart } from "../../panels/findings/diagnosis.tsx";
import { PracticeNote } from "../../panels/probes/practice-note.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ThemeToggle } from "../../ui/theme-toggle.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { Wordmark } from "../../ui/wordmark.tsx";
import { PrintFooter } from "./print-footer.tsx";

/** Written for a network engineer who knows nothing of this server: what vanishes, what they are asked to do, then how we know. */
export function SharePage({ shared }: { shared: SharedDiagnosis }) {
  const [part, choose] = useState<DiagnosisPart>({});
  const { report, note, comparison } = shared;
  const [worst] = report.findings;
  // Served pages can be downloaded; a file from disk is the download.
  const address = /^https?:$/.test(window.location.protocol) ? window.location.pathname : null;
  usePageTitle(worst?.title ?? report.target);
  return (
    <div className="mx-auto max-w-6xl px-4 py-5 sm:px-6 sm:py-8">
      <PrintFooter
        text={`${address === null ? "mxray" : `${window.location.origin}${address}`} · measured ${formatUtc(report.startedAt)}`}
      />
      <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
          <Wordmark />
          <p className="min-w-0 text-sm text-soft wrap-anywhere">
            How mail to <span className="font-semibold text-ink">{report.target}</span> fares, measured{" "}
            <Time at={report.startedAt} show="zoned" />
          </p>
        </div>
        <div className="no-print flex flex-wrap items-center gap-2">
          {address !== null && (
            <>
              <a href={`${address}.html`} download className={buttonClass()}>
                <Download size={15} aria-hidden /> One file
              </a>
              <a href={`${address}.md`} download className={buttonClass()}>
                Markdown
              </a>
              <a href={`${address}.json`} className={buttonClass()}>
                JSON
              </a>
            </>
          )}
          {worst !== undefined && (
            <CopyButton
              label="Copy ticket text"
              what="plain text of at most 25 lines"
              text={ticketText(report, report.findings[part.finding ?? 0] ?? worst, address === null ? null : window.location.href)}
            />
          )}
          <Button onClick={() => window.print()}>
            <Printer size={15} aria-hidden /> Print
          </Button>
          <ThemeToggle />
        </div>
      </header>
      {note !== null && (
        <blockquote className="mb-4 rounded-xl border border-l-4 border-line border-l-accent bg-card px-5 py-4 wrap-anywhere whitespace-pre-line">
          {note}
        </blockquote>
      )}
      <main className="space-y-4">
        <PracticeNote practice={report.vantage.practice === true} />
        <Diagnosis report={report} comparison={comparison} part={part} choose={choose} reader="stranger" heading="h1" />
      </main>
      <footer className="mt-8 text-sm text-faint">
        Measured <Time at={report.startedAt} show="zoned" /> in {formatMs(report.durationMs)} by mxray {report.vantage.version}, which finds
        out why mail hangs
        {shared.redacted && "; mail addresses and internal host names were removed"}. The link works until{" "}
        <Time at={shared.expiresAt} show="zoned" />.
      </footer>
    </div>
  );
}
