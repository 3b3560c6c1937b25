import { type SharedDiagnosis, ticketText } from "@mxray/contracts";
import { useState } from "react";
import { formatMs } from "../../format/numbers.ts";
import { Diagnosis, type DiagnosisPart } from "../../panels/findings/diagnosis.tsx";
import { PracticeNote } from "../../panels/probes/practice-note.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ShareFrame, shareAddress } from "./share-frame.tsx";

/** Written for a network engineer who knows nothing of this server: what is lost, what they are asked to do, then how we know. */
export function SharePage({ shared }: { shared: SharedDiagnosis }) {
  const [part, choose] = useState<DiagnosisPart>({});
  const { report, note, comparison, vantages, redacted, expiresAt } = shared;
  const [worst] = report.findings;
  return (
    <ShareFrame
      title={worst?.title ?? report.target}
      subject={
        <>
          Mail delivery report for <span className="font-semibold text-ink">{report.target}</span>
        </>
      }
      measuredAt={report.startedAt}
      note={note}
      expiresAt={expiresAt}
      origin={`in ${formatMs(report.durationMs)} by mxray ${report.vantage.version}, which finds out why mail hangs${redacted ? "; mail addresses and internal host names were removed" : ""}`}
      actions={
        worst !== undefined && (
          <CopyButton
            label="Copy ticket text"
            what="plain text of at most 25 lines"
            text={ticketText(
              report,
              report.findings[part.finding ?? 0] ?? worst,
              shareAddress() === null ? null : window.location.href,
              vantages,
            )}
          />
        )
      }
    >
      <PracticeNote practice={report.vantage.practice === true} />
      <Diagnosis report={report} comparison={comparison} vantages={vantages} part={part} choose={choose} reader="stranger" heading="h1" />
    </ShareFrame>
  );
}
