import type { SharedStress } from "@mxray/contracts";
import { Download, Printer } from "lucide-react";
import { StressReport } from "../../panels/stress/stress-report.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ThemeToggle } from "../../ui/theme-toggle.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { Wordmark } from "../../ui/wordmark.tsx";

/** A stress test for a reader who knows nothing of this server. */
export function StressSharePage({ shared }: { shared: SharedStress }) {
  const { run, before, note } = shared;
  // Served pages can be downloaded; a file from disk is the download.
  const address = /^https?:$/.test(window.location.protocol) ? window.location.pathname : null;
  usePageTitle(`Stress test of ${run.target}`);
  return (
    <div className="mx-auto max-w-6xl px-4 py-5 sm:px-6 sm:py-8">
      <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
          <Wordmark />
          <p className="min-w-0 text-sm text-soft wrap-anywhere">
            Stress test of <span className="font-semibold text-ink">{run.target}</span>, <Time at={run.run.startedAt} />
          </p>
        </div>
        <div className="no-print flex flex-wrap items-center gap-2">
          {address !== null && (
            <>
              <a href={`${address}.html`} download className={buttonClass()}>
                <Download size={15} aria-hidden /> One file
              </a>
              <a href={`${address}.json`} className={buttonClass()}>
                JSON
              </a>
            </>
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
        <StressReport run={run} before={before} heading="h1" />
      </main>
      <footer className="mt-8 text-sm text-faint">
        Measured <Time at={run.run.startedAt} /> in {Math.round(run.run.seconds)} s by mxray
        {shared.redacted && "; mail addresses and names were left out"}. The link works until <Time at={shared.expiresAt} />.
      </footer>
    </div>
  );
}
