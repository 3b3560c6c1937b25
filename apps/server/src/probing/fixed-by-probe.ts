/**
 * Which kept findings a probe closes. One that checks a fix closes what the earlier probe showed, and what logs show of its hosts; a round of a watch closes
 * whatever it proves gone about the hosts that it met, whoever saw that. Any other probe closes nothing.
 */
import { type FindingCode, type ProbeObservation, watchTarget } from "@mxray/contracts";
import { provesGone } from "@mxray/diagnosis";
import type { AskedFinding, ProbeOutcome, Store, StoredFinding, StoredProbe } from "@mxray/store";

/** About the machine that probes: any target tells. */
const OURS: readonly FindingCode[] = ["local-mtu", "port-25-blocked"];

export async function fixedByProbe(
  store: Store,
  id: string,
  observation: ProbeObservation,
): Promise<Pick<ProbeOutcome, "fixed" | "previousId">> {
  const probe = await store.probes.get(id);
  const checked = probe === null ? [] : await checkedBy(store, probe, observation);
  const gone = checked.filter(({ finding }) => provesGone(finding, observation));
  const previousId = gone.find((finding) => finding.probeId !== null)?.probeId ?? null;
  return { fixed: gone.map((finding) => finding.id), ...(previousId === null ? {} : { previousId }) };
}

async function checkedBy(store: Store, { summary, request }: StoredProbe, { hosts }: ProbeObservation): Promise<StoredFinding[]> {
  if (summary.previousId === null && summary.watchId === null) return [];
  const about = await store.findings.unfixedAbout(hosts.map(({ address }) => address));
  if (summary.previousId !== null) {
    const signs = about.filter(({ finding }) => finding.code.startsWith("log-"));
    return [...(await store.findings.ofProbe(summary.previousId)), ...signs];
  }
  const target = watchTarget(request);
  return about.filter((finding) => finding.subject.address !== null || OURS.includes(finding.finding.code) || isOfTarget(finding, target));
}

/** What is about no host is about the target of the probe that saw it. */
function isOfTarget({ request }: AskedFinding, target: string | null): boolean {
  return request !== null && watchTarget(request) === target;
}
