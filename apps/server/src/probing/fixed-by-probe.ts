/**
 * Which kept findings a probe closes. One that checks a fix closes what the earlier probe showed, and what logs show of its hosts; a round of a watch closes
 * whatever it proves gone about the hosts that it met, whoever saw that. Any other probe closes nothing.
 */
import { canonicalAddress, type FindingCode, type ProbeObservation, watchTarget } from "@mxray/contracts";
import { provesGone } from "@mxray/diagnosis";
import type { AskedFinding, Store, StoredProbe } from "@mxray/store";

/** About the machine that probes: any target tells. */
const OURS: readonly FindingCode[] = ["local-mtu", "port-25-blocked"];

export interface CheckedFindings {
  /** What is not fixed and the probe could close, as its vantage sees it. */
  readonly standing: readonly AskedFinding[];
  /** What it proves gone of those. */
  readonly gone: readonly AskedFinding[];
}

export async function checkedByProbe(store: Store, probe: StoredProbe, observation: ProbeObservation): Promise<CheckedFindings> {
  const standing = (await checkable(store, probe, observation)).filter(({ vantage }) => vantage === observation.vantage.name);
  return { standing, gone: standing.filter(({ finding }) => provesGone(finding, observation)) };
}

async function checkable(store: Store, { summary, request }: StoredProbe, { hosts }: ProbeObservation): Promise<AskedFinding[]> {
  if (summary.previousId === null && summary.watchId === null) return [];
  const about = await store.findings.unfixedAbout(hosts.map(({ address }) => canonicalAddress(address)?.text ?? address));
  if (summary.previousId !== null) {
    const shown = new Set((await store.findings.ofProbe(summary.previousId)).map((finding) => finding.id));
    return about.filter(({ id, finding }) => shown.has(id) || finding.code.startsWith("log-"));
  }
  const target = watchTarget(request);
  return about.filter((one) => one.address !== null || OURS.includes(one.finding.code) || isOfTarget(one, target));
}

/** What is about no host is about the target of the probe that saw it. */
function isOfTarget({ request }: AskedFinding, target: string | null): boolean {
  return request !== null && watchTarget(request) === target;
}
