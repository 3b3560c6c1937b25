/**
 * What a wall screen shows, from findings and probes: names, codes and times. Mail addresses, sentences and evidence stay
 * behind, since a wall is seen by whoever walks past.
 */
import {
  CONFIDENCES,
  FINDING_CODES,
  FINDING_SEVERITY,
  type FindingCode,
  formatEndpoint,
  type ProbeSummary,
  parseTarget,
  printable,
  severityRank,
  subjectAddresses,
  type WallCalm,
  type WallChange,
  type WallGrouping,
  type WallSnapshot,
  type WallTrouble,
} from "@mxray/contracts";
import type { TargetedFinding, WallFacts } from "@mxray/store";

/** Destinations whose last probe is older than this are not called calm: nobody knows. */
export const CALM_DAYS = 7;
const DAY_MS = 86_400_000;
const MOST_MEMBERS = 4;
const NAME_CAP = 120;
/** The machine that mxray looks from: what a finding is about that has no host and that no target showed, or several together. */
const OURSELVES = "this server";

export function wallSnapshot(
  facts: WallFacts & Pick<WallSnapshot, "flow">,
  grouping: WallGrouping,
  version: string,
  at: Date,
): WallSnapshot {
  const broken = new Set(facts.findings.flatMap(({ target }) => (target === null ? [] : [nameOfTarget(target)])));
  const ended = facts.probes.toSorted((a, b) => (b.finishedAt ?? "").localeCompare(a.finishedAt ?? ""));
  const [last] = ended;
  return {
    schema: "mxray.wall/1",
    at: at.toISOString(),
    version,
    grouping,
    troubles: troublesOf(facts.findings, grouping),
    findingsLeftOut: facts.findingCount - facts.findings.length,
    calm: calmOf(ended, broken, new Set(facts.watched.map(nameOfTarget)), at),
    calmDays: CALM_DAYS,
    lastProbe: last === undefined ? null : { name: nameOfTarget(last.target), at: last.finishedAt ?? last.createdAt },
    flow: facts.flow,
    changes: facts.changed.map(changeOf),
  };
}

function troublesOf(findings: WallFacts["findings"], grouping: WallGrouping): WallTrouble[] {
  const groups = Map.groupBy(findings, (finding) => keyOf(finding, grouping));
  return [...groups].map(([key, group]) => troubleOf(key, group, grouping)).sort(compareTroubles);
}

function keyOf({ finding, target }: TargetedFinding, grouping: WallGrouping): string {
  switch (grouping) {
    case "host":
      return nameOfFinding(finding, target);
    case "domain":
      return target === null || finding.code === "our-side" ? nameOfFinding(finding, target) : nameOfTarget(target);
    case "kind":
      return finding.code;
  }
}

function troubleOf(key: string, group: WallFacts["findings"], grouping: WallGrouping): WallTrouble {
  const members = [...new Set(group.flatMap((one) => membersOf(one, grouping)).filter((name) => name !== key))];
  const worst = Math.max(...group.map(({ finding }) => severityRank(finding.severity)));
  return {
    key,
    name: key,
    severity: worst === severityRank("critical") ? "critical" : "warning",
    acknowledged: group.every(({ state }) => state === "acknowledged"),
    stalled: stalledOf(group),
    since: group.map(({ sinceAt }) => sinceAt).toSorted()[0] ?? "",
    kinds: kindsOf(group),
    members: members.slice(0, MOST_MEMBERS),
    memberCount: members.length,
  };
}

/** Findings about one host concern the same mail. */
function stalledOf(group: WallFacts["findings"]): number {
  const hosts = Map.groupBy(group, ({ finding, target }) => nameOfFinding(finding, target));
  return [...hosts.values()].reduce((sum, findings) => sum + Math.max(...findings.map(({ stalled = 0 }) => stalled)), 0);
}

/** Each code once, as sure as the surest of its findings. */
function kindsOf(group: readonly TargetedFinding[]): WallTrouble["kinds"] {
  const surestLast = group.toSorted((a, b) => rankOfConfidence(b.finding) - rankOfConfidence(a.finding));
  const kinds = new Map(surestLast.map(({ finding: { code, confidence } }) => [code, { code, confidence }]));
  return [...kinds.values()].sort((a, b) => rankOfCode(a.code) - rankOfCode(b.code));
}

function rankOfConfidence({ confidence }: TargetedFinding["finding"]): number {
  return CONFIDENCES.indexOf(confidence);
}

/** The contract's order of codes within each severity, the worst first. */
function rankOfCode(code: FindingCode): number {
  return FINDING_CODES.indexOf(code) - FINDING_CODES.length * severityRank(FINDING_SEVERITY[code]);
}

function membersOf({ finding, target }: TargetedFinding, grouping: WallGrouping): string[] {
  return grouping === "host" ? subjectAddresses(finding) : [nameOfFinding(finding, target)];
}

/** The worst first: what nobody has taken note of, then by harm, then by the magnitude of stalled mail, so that tiles keep their places, then the newest. */
function compareTroubles(a: WallTrouble, b: WallTrouble): number {
  return (
    Number(a.acknowledged) - Number(b.acknowledged) ||
    severityRank(b.severity) - severityRank(a.severity) ||
    magnitudeOf(b.stalled) - magnitudeOf(a.stalled) ||
    b.since.localeCompare(a.since) ||
    a.key.localeCompare(b.key)
  );
}

/** 0, 1 to 9, 10 to 99 … */
function magnitudeOf(count: number): number {
  return count === 0 ? 0 : String(count).length;
}

/** Targets may be typed in several ways: the newest probe of a destination speaks for it, unless it is too old to say anything. */
function calmOf(newestFirst: readonly ProbeSummary[], broken: ReadonlySet<string>, watched: ReadonlySet<string>, at: Date): WallCalm[] {
  const calm = new Map<string, WallCalm | null>();
  for (const { target, verdict, finishedAt, createdAt } of newestFirst) {
    const name = nameOfTarget(target);
    if (calm.has(name) || broken.has(name)) continue;
    const fine = verdict === null || verdict.severity === "info";
    const probedAt = finishedAt ?? createdAt;
    const code = at.getTime() - Date.parse(probedAt) > CALM_DAYS * DAY_MS ? null : (verdict?.code ?? null);
    calm.set(name, fine ? { name, code, probedAt, watched: watched.has(name) } : null);
  }
  return [...calm.values()].filter((one) => one !== null).sort((a, b) => a.name.localeCompare(b.name));
}

function changeOf({ id, finding, state, target, sinceAt, fixedAt }: TargetedFinding): WallChange {
  const fixed = state === "fixed" && fixedAt !== null;
  return {
    id,
    kind: fixed ? "fixed" : "opened",
    at: fixed ? fixedAt : sinceAt,
    name: nameOfFinding(finding, target),
    code: finding.code,
  };
}

function nameOfFinding({ code, subject: { host, address, port } }: TargetedFinding["finding"], target: string | null): string {
  if (code === "our-side") return OURSELVES;
  const name = host ?? address;
  if (name !== null) return formatEndpoint(printable(name, NAME_CAP), port ?? undefined);
  return target === null ? OURSELVES : nameOfTarget(target);
}

/** Of a mail address only the domain: whose mail it is does not belong on a wall. */
function nameOfTarget(target: string): string {
  const parsed = parseTarget(target, { mailAddress: true });
  return parsed.ok
    ? formatEndpoint(parsed.target.host, parsed.target.port)
    : printable(target.slice(target.lastIndexOf("@") + 1), NAME_CAP);
}
