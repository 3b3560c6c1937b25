/** What a stored probe says: its report, and beside the probe whose fix it checks. */
import {
  type Finding,
  findingIdentity,
  type ProbeComparison,
  type ProbeObservation,
  type ProbeReport,
  type VantageComparison,
} from "@mxray/contracts";
import { compareProbes, compareVantages, probeReportOf, withOurSide } from "@mxray/diagnosis";
import type { Store, StoredFinding, StoredProbe } from "@mxray/store";

/** The report with what is known of its findings beside: what logs show of the same trouble. Of findings that a later probe showed, as measured. */
export function reportAsKept(observation: ProbeObservation, probeId: string, kept: readonly StoredFinding[]): ProbeReport {
  const report = probeReportOf(observation);
  const own = kept.filter((each) => each.probeId === probeId);
  const findings = report.findings.map(
    (finding) => own.find((each) => findingIdentity(each.finding) === findingIdentity(finding))?.finding ?? finding,
  );
  return underOurSide({ ...report, findings }, kept);
}

/**
 * The report as measured, with when each of its findings began: a log may have shown it long before. Nothing of other targets is
 * in it.
 */
export function reportWithSince(observation: ProbeObservation, kept: readonly StoredFinding[]): ProbeReport {
  const report = probeReportOf(observation);
  const findings = report.findings.map((finding) => {
    const own = kept.find((each) => findingIdentity(each.finding) === findingIdentity(finding));
    return own === undefined ? finding : { ...finding, since: own.sinceAt, firstSeen: own.firstSeenAt };
  });
  return underOurSide({ ...report, findings }, kept, ({ evidence, ...ours }) => ({
    ...ours,
    evidence: evidence.filter(({ data }) => data.target === report.target),
  }));
}

/** A fault on our side that this probe is a sign of, and a mark on what it explains. */
function underOurSide(report: ProbeReport, kept: readonly StoredFinding[], prepare = (ours: Finding) => ours): ProbeReport {
  const ours = kept.find(({ finding }) => finding.code === "our-side")?.finding;
  if (ours === undefined) return report;
  const explained = new Set(
    kept.filter(({ explainedBy }) => explainedBy?.code === "our-side").map(({ finding }) => findingIdentity(finding)),
  );
  return withOurSide(report, prepare(ours), (finding) => explained.has(findingIdentity(finding)));
}

/**
 * Null for a probe that checks none, or one that is gone or has no result.
 *
 * @param prepare what is done to both reports before they are compared, such as taking names out
 */
export async function comparisonOf(
  store: Store,
  { summary: { previousId }, observation }: StoredProbe,
  prepare: (report: ProbeReport) => ProbeReport = (report) => report,
): Promise<ProbeComparison | null> {
  if (previousId === null || observation === null) return null;
  const previous = (await store.probes.get(previousId))?.observation ?? null;
  return previous === null ? null : compareProbes(prepare(probeReportOf(previous)), prepare(probeReportOf(observation)));
}

/**
 * Null for a probe from one vantage, and where the others are gone.
 *
 * @param prepare what is done to each report before they are compared, such as taking names out; the probes' ids and errors are left out then
 */
export async function vantagesOf(
  store: Store,
  { summary: { groupId } }: StoredProbe,
  prepare?: (report: ProbeReport) => ProbeReport,
): Promise<VantageComparison | null> {
  const probes = groupId === null ? [] : await store.probes.ofGroup(groupId);
  if (probes.length < 2) return null;
  return compareVantages(
    probes.map(({ summary: { id, vantage: name, practice, status, error }, observation }) => {
      const report = observation === null ? null : probeReportOf(observation);
      return prepare === undefined
        ? { name, practice, status, error, probeId: id, report }
        : { name, practice, status, error: null, probeId: null, report: report === null ? null : prepare(report) };
    }),
  );
}
