import { Download, Printer } from "lucide-react";
import type { ReactNode } from "react";
import { formatUtc } from "../../format/numbers.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ThemeToggle } from "../../ui/theme-toggle.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { Wordmark } from "../../ui/wordmark.tsx";
import { PrintFooter } from "./print-footer.tsx";

interface ShareFrameProps {
  /** Of the browser's tab. */
  readonly title: string;
  /** What was measured, before its time. */
  readonly subject: ReactNode;
  readonly measuredAt: string;
  /** The sharer's words. */
  readonly note: string | null;
  readonly expiresAt: string;
  /** How it was measured, and what was left out; after the time, before the end of the link. */
  readonly origin: string;
  /** Besides printing and the files. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Around what a link shows, for a reader who knows nothing of this server: what and when, the files, the note, the end. */
export function ShareFrame({ title, subject, measuredAt, note, expiresAt, origin, actions, children }: ShareFrameProps) {
  const address = shareAddress();
  usePageTitle(title);
  return (
    <div className="mx-auto max-w-6xl px-4 py-5 sm:px-6 sm:py-8 print:p-0">
      <PrintFooter text={`${address === null ? "mxray" : `${window.location.origin}${address}`} · measured ${formatUtc(measuredAt)}`} />
      <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 print:mb-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
          <Wordmark />
          <p className="min-w-0 text-sm text-soft wrap-anywhere">
            {subject}, measured <Time at={measuredAt} show="zoned" />
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
          {actions}
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
      <main className="space-y-4 print:space-y-2">{children}</main>
      <footer className="mt-8 text-sm text-faint print:mt-2">
        Measured <Time at={measuredAt} show="zoned" /> {origin}. The link works until <Time at={expiresAt} show="zoned" />.
      </footer>
    </div>
  );
}

/** Where the page was served from; null for a file from disk, which is the download itself. */
export function shareAddress(): string | null {
  return /^https?:$/.test(window.location.protocol) ? window.location.pathname : null;
}
