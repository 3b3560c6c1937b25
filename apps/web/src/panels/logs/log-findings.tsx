import type { Finding, Platform } from "@mxray/contracts";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { EvidencePanel } from "../findings/evidence-panel.tsx";
import { FindingTabs } from "../findings/finding-tabs.tsx";
import { RemediesPanel } from "../findings/remedies-panel.tsx";
import { VerdictBanner } from "../findings/verdict-banner.tsx";
import { ProbePeerButton } from "../probes/probe-peer-button.tsx";

/** So many are listed at first, the worst. */
const FEW = 6;

interface LogFindingsProps {
  readonly findings: readonly Finding[];
  /** Which one is read; the first where it is not among them. */
  readonly chosen: string | undefined;
  readonly choose: (chosen: string) => void;
  /** The mail program that wrote the log. */
  readonly own: Platform | undefined;
}

/** What logs show, one finding at a time: what is wrong, how we know, what to do. */
export function LogFindings({ findings, chosen, choose, own }: LogFindingsProps) {
  const [all, setAll] = useState(false);
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
          findings={all ? findings : findings.slice(0, FEW)}
          chosen={index}
          choose={(next) => findings[next] !== undefined && choose(keyOf(findings[next]))}
        />
      )}
      {!all && findings.length > FEW && <Button onClick={() => setAll(true)}>Show all {findings.length} findings</Button>}
      <VerdictBanner finding={finding} heading="h2">
        <div className="mt-4">
          <ProbePeerButton peer={{ name: host, address, port }} direction={inbound ? "inbound" : "outbound"} />
        </div>
      </VerdictBanner>
      <Disclosure key={keyOf(finding)} title="Evidence and remedies" aside={remediesWords(finding.remedies.length)}>
        <div className="space-y-4">
          <EvidencePanel evidence={finding.evidence} />
          <RemediesPanel
            remedies={finding.remedies}
            first={inbound ? "receiver" : "sender"}
            systems={own === undefined ? {} : { [inbound ? "receiver" : "sender"]: own }}
          />
        </div>
      </Disclosure>
    </div>
  );
}

function remediesWords(count: number): string {
  return count === 1 ? "1 remedy" : `${count} remedies`;
}

function keyOf({ code, subject }: Finding): string {
  return `${code} ${subject.host} ${subject.address} ${subject.port}`;
}
