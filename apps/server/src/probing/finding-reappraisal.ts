/**
 * After an upgrade that changed the rules, the findings that stand are computed again from the observations that showed them: what
 * holds is rewritten, what does not is withdrawn, and what the same measurements show in its place is opened. A job in the
 * background, one finding a transaction; cut short, it begins again at the next start.
 *
 * A finding whose observations are forgotten stays as it is. What an old observation lacks counts as not measured.
 */
import { canonicalAddress, type Finding, type ProbeObservation, severityRank } from "@mxray/contracts";
import { diagnoseHosts, RULES_VERSION } from "@mxray/diagnosis";
import type { FindingAppraisal, StandingFinding, Store } from "@mxray/store";
import type { LiveFeed } from "../live-feed.ts";

/** The setting that says by which rules the kept findings were computed. */
const COMPUTED_BY = "findings-computed-by";
/** The newest probes of a finding that are read; each subject was seen by one of them. */
const MOST_PROBES = 10;

interface Witness {
  readonly probeId: string;
  readonly at: string;
  readonly observation: ProbeObservation;
  readonly findings: readonly Finding[];
}

export async function reappraiseFindings({ store, feed }: { store: Store; feed: LiveFeed }, signal: AbortSignal): Promise<void> {
  const computedBy = (await store.settings.list()).find(({ name }) => name === COMPUTED_BY)?.value;
  if (computedBy === `${RULES_VERSION}`) return;
  for (const standing of await store.findings.standing()) {
    if (signal.aborted) return;
    const appraisal = await appraisalOf(store, standing);
    if (appraisal !== null) await store.findings.appraise(appraisal);
  }
  await store.settings.change({ [COMPUTED_BY]: `${RULES_VERSION}` }, new Date().toISOString());
  feed.tell({ type: "findings" });
}

/** Null where there is nothing to go by. */
async function appraisalOf(store: Store, { id, subjects }: StandingFinding): Promise<FindingAppraisal | null> {
  const witnesses = await witnessesOf(store, id);
  const appraisal = {
    kept: [] as FindingAppraisal["kept"][number][],
    withdrawn: [] as FindingAppraisal["withdrawn"][number][],
    instead: [] as FindingAppraisal["instead"][number][],
  };
  for (const { address, vantage, finding: before } of subjects) {
    const witness = witnesses.find((one) => one.observation.vantage.name === vantage && (address === null || sawAddress(one, address)));
    if (witness === undefined) continue;
    const about = witness.findings.filter(({ subject }) => isSamePlace(subject, before.subject));
    const now = about.find(({ code }) => code === before.code);
    if (now !== undefined) {
      appraisal.kept.push({ vantage, finding: withSignsOf(now, before) });
      continue;
    }
    appraisal.withdrawn.push({ address, vantage });
    const { probeId, at } = witness;
    for (const finding of about) if (severityRank(finding.severity) > 0) appraisal.instead.push({ probeId, vantage, at, finding });
  }
  return appraisal.kept.length + appraisal.withdrawn.length === 0 ? null : { id, at: new Date().toISOString(), ...appraisal };
}

/** The newest first. */
async function witnessesOf(store: Store, findingId: string): Promise<Witness[]> {
  const probes = await store.probes.ofFinding(findingId, MOST_PROBES);
  const witnesses: Witness[] = [];
  for (const { id } of probes) {
    const probe = await store.probes.get(id);
    if (probe === null || probe.observation === null) continue;
    const { observation, summary } = probe;
    witnesses.push({ probeId: id, at: summary.finishedAt ?? observation.startedAt, observation, findings: diagnoseHosts(observation) });
  }
  return witnesses;
}

function sawAddress({ observation }: Witness, address: string): boolean {
  return observation.hosts.some((host) => canonical(host.address) === address);
}

function isSamePlace(one: Finding["subject"], other: Finding["subject"]): boolean {
  if (one.address === null || other.address === null) return one.address === other.address && one.host === other.host;
  return canonical(one.address) === canonical(other.address) && one.port === other.port;
}

function canonical(address: string): string {
  return canonicalAddress(address)?.text ?? address;
}

/** What logs show beside it is no matter of the observation. */
function withSignsOf(now: Finding, before: Finding): Finding {
  return { ...now, absorbs: before.absorbs, evidence: [...now.evidence, ...before.evidence.filter(({ source }) => source === "log")] };
}
