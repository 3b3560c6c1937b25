import type { Finding } from "@mxray/contracts";
import { useState } from "react";
import { EvidencePanel } from "./evidence-panel.tsx";
import { FindingTabs } from "./finding-tabs.tsx";
import { ProbePeerButton } from "./probe-peer-button.tsx";
import { RemediesPanel } from "./remedies-panel.tsx";
import { VerdictBanner } from "./verdict-banner.tsx";

/** What logs show, one finding at a time: what is wrong, how we know, what to do. */
export function LogFindings({ findings }: { findings: readonly Finding[] }) {
  const [chosen, choose] = useState<string | null>(null);
  const index = Math.max(
    0,
    findings.findIndex((finding) => keyOf(finding) === chosen),
  );
  const finding = findings[index];
  if (finding === undefined) return null;
  const { host, address, port } = finding.subject;
  const inbound = finding.code === "log-inbound-stalls";
  return (
    <div className="space-y-4">
      {findings.length > 1 && (
        <FindingTabs
          findings={findings}
          chosen={index}
          choose={(next) => choose(findings[next] === undefined ? null : keyOf(findings[next]))}
        />
      )}
      <VerdictBanner finding={finding} heading="h2">
        <div className="mt-4">
          <ProbePeerButton peer={{ name: host, address, port }} direction={inbound ? "inbound" : "outbound"} />
        </div>
      </VerdictBanner>
      <EvidencePanel evidence={finding.evidence} />
      <RemediesPanel key={keyOf(finding)} remedies={finding.remedies} first={inbound ? "receiver" : "sender"} />
    </div>
  );
}

function keyOf({ code, subject }: Finding): string {
  return `${code} ${subject.host} ${subject.address} ${subject.port}`;
}
