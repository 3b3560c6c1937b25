/** A whole diagnosis: findings, and for the one that is looked at its path, ladder, evidence and remedies. */
import {
  askOf,
  type Finding,
  isAbout,
  type MailHostObservation,
  type ProbeComparison,
  type ProbeReport,
  type VantageComparison,
} from "@mxray/contracts";
import { lazy, type ReactNode, Suspense } from "react";
import { viewOf } from "../../api/host-view.ts";
import { systemOfGreeting } from "../../format/known-system.ts";
import { Disclosure } from "../../ui/disclosure.tsx";
import { WhenSeen } from "../../ui/when-seen.tsx";
import { ComparisonPanel } from "../probes/comparison-panel.tsx";
import { DeliveryPanel } from "../probes/delivery-panel.tsx";
import { DomainLine } from "../probes/domain-line.tsx";
import { LadderPanel } from "../probes/ladder-panel.tsx";
import { PathStrip } from "../probes/path-strip.tsx";
import { StageMatrix } from "../probes/stage-matrix.tsx";
import { StagePanel } from "../probes/stage-panel.tsx";
import { AskPanel } from "./ask-panel.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import { FindingTabs } from "./finding-tabs.tsx";
import { OtherFindings } from "./other-findings.tsx";
import { VerdictBanner } from "./verdict-banner.tsx";

const BothEndsPanel = lazy(async () => ({ default: (await import("../probes/both-ends-panel.tsx")).BothEndsPanel }));
const VantagesPanel = lazy(async () => ({ default: (await import("../probes/vantages-panel.tsx")).VantagesPanel }));
const ReproducePanel = lazy(async () => ({ default: (await import("./diagnosis-details.tsx")).ReproducePanel }));
const RemediesPanel = lazy(async () => ({ default: (await import("./diagnosis-details.tsx")).RemediesPanel }));
const RemedyTabs = lazy(async () => ({ default: (await import("./diagnosis-details.tsx")).RemedyTabs }));
const SessionDetails = lazy(async () => ({ default: (await import("./diagnosis-details.tsx")).SessionDetails }));

const LOADING = <p className="no-print py-6 text-center text-soft">Loading the details …</p>;

/** Which of several is looked at; without them the worst finding, and the host that it is about. */
export interface DiagnosisPart {
  readonly finding?: number | undefined;
  readonly host?: number | undefined;
}

interface DiagnosisProps {
  readonly report: ProbeReport;
  /** Where the report checks the fix of an earlier probe. */
  readonly comparison: ProbeComparison | null;
  /** Where the target was probed from several vantages. */
  readonly vantages: VantageComparison | null;
  /** The name of another vantage as a link to its probe; default the plain name. */
  readonly vantageLink?: (name: string, probeId: string) => ReactNode;
  readonly part: DiagnosisPart;
  readonly choose: (part: DiagnosisPart) => void;
  /** Whoever runs this mxray, or somebody who is asked for help and comes without knowing it. */
  readonly reader: "owner" | "stranger";
  readonly heading?: "h1" | "h2";
  /** What is to be said of a finding besides what the probe saw. */
  readonly noteOf?: (finding: Finding) => ReactNode;
  /** What else there is to say right behind the verdict. */
  readonly aside?: ReactNode;
}

export function Diagnosis(props: DiagnosisProps) {
  const { report, comparison, vantages, vantageLink, part, choose, reader, heading = "h2", noteOf, aside } = props;
  const { findings, hosts } = report;
  const chosen = findings[part.finding ?? 0] === undefined ? 0 : (part.finding ?? 0);
  const finding = findings[chosen];
  const hostIndex = part.host ?? hostOf(finding, hosts);
  const host = hosts[hostIndex];
  // Whom the ask is for; the others' remedies stand at the end.
  const asked = reader === "stranger" && finding !== undefined ? (askOf(report, finding)?.audience ?? null) : null;
  const others = asked === null ? [] : (finding?.remedies ?? []).filter(({ audience }) => audience !== asked);
  const receiver = systemOfGreeting(host?.greeting.text);
  const systems = receiver === undefined ? {} : { receiver };
  // The host that is looked at and the finding that is read belong together, where there is one.
  const chooseHost = (index: number) => {
    const own = findings.findIndex((each) => hosts[index] !== undefined && isAbout(each, hosts[index]));
    choose({ finding: own === -1 ? chosen : own, host: index });
  };
  // Its picture bears the reason of the verdict.
  const ladder = host !== undefined && host.path.outbound.rungs.length > 0 ? host.path.outbound : undefined;
  const details = (
    <Suspense fallback={LOADING}>
      {host !== undefined && <ReproducePanel host={host} />}
      {finding !== undefined && asked === null && (
        <RemediesPanel key={chosen} remedies={finding.remedies} first="sender" systems={systems} />
      )}
      {others.length > 0 && (
        <Disclosure key={`others ${chosen}`} title="What others can do in the interim" aside={`${others.length} remedies`}>
          <RemedyTabs remedies={others} first="sender" systems={systems} />
        </Disclosure>
      )}
      {host !== undefined && <SessionDetails host={host} startedAt={report.startedAt} />}
    </Suspense>
  );
  return (
    <div className="space-y-4 print:space-y-2">
      {report.domain !== null && <DomainLine domain={report.domain} />}
      {findings.length > 1 && <FindingTabs findings={findings} chosen={chosen} choose={(index) => choose({ finding: index })} />}
      {finding !== undefined && (
        <VerdictBanner finding={finding} heading={heading}>
          {noteOf?.(finding)}
        </VerdictBanner>
      )}
      {aside}
      {finding !== undefined && asked !== null && <AskPanel key={`${finding.code} ${chosen}`} report={report} finding={finding} />}
      {vantages !== null && (
        <Suspense fallback={LOADING}>
          <VantagesPanel vantages={vantages} own={report.vantage.name} {...(vantageLink === undefined ? {} : { link: vantageLink })} />
        </Suspense>
      )}
      {comparison !== null && <ComparisonPanel comparison={comparison} address={host?.address ?? null} port={host?.port ?? null} />}
      {hosts.length > 1 && <StageMatrix hosts={hosts.map(viewOf)} findings={findings} chosen={hostIndex} choose={chooseHost} />}
      {host !== undefined && <PathStrip host={viewOf(host)} from={report.vantage.host} />}
      {host !== undefined && (
        <div
          className={`grid items-start gap-4 lg:grid-cols-3 [&>:only-child]:col-span-full ${hosts.length > 1 ? "print:grid-cols-2" : "print:grid-cols-3"}`}
        >
          {ladder !== undefined && <LadderPanel host={viewOf(host)} />}
          <div className={hosts.length > 1 ? "no-print" : "grid"}>
            <StagePanel host={viewOf(host)} />
          </div>
        </div>
      )}
      {host?.bothEnds !== undefined && (
        <Suspense fallback={LOADING}>
          <BothEndsPanel host={host} />
        </Suspense>
      )}
      {host !== undefined && <DeliveryPanel endOfData={host.endOfData} />}
      {finding !== undefined && <EvidencePanel evidence={finding.evidence} told={ladder?.reason} />}
      <OtherFindings findings={findings.filter((_, index) => index !== chosen)} />
      {/* A share is small until its reader comes here; who runs mxray has the code already. */}
      {reader === "stranger" ? <WhenSeen fallback={LOADING}>{details}</WhenSeen> : details}
    </div>
  );
}

/** The mail host that a finding is about; the first for those about the whole domain. */
function hostOf(finding: Finding | undefined, hosts: readonly MailHostObservation[]): number {
  const index = hosts.findIndex(({ address, port }) => address === finding?.subject.address && port === finding.subject.port);
  return Math.max(0, index);
}
