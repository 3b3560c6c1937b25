/**
 * Damping of what rounds of a monitor say. What the path or a rewrite proves holds at once. What rests on one connection opens and
 * closes when two of the last three rounds say so, whatever its confidence: a busy host or a short outage shows the same. Pure.
 */
import { type Finding, findingIdentity, RESTS_ON_ONE_CONNECTION, type RoundMemory, severityRank } from "@mxray/contracts";
import type { AskedFinding } from "@mxray/store";

/** Besides the present one. */
const REMEMBERED = 2;

interface Round {
  readonly findings: readonly Finding[];
  /** What is not fixed about the hosts that it met, as its vantage sees it. */
  readonly standing: readonly AskedFinding[];
  /** What it proves gone of those. */
  readonly gone: readonly AskedFinding[];
}

interface DampedRound extends Pick<Round, "findings" | "gone"> {
  readonly memory: readonly RoundMemory[];
  /** It says something that the rounds before it did not: the next one comes soon. */
  readonly unsettled: boolean;
}

export function dampRound(before: readonly RoundMemory[], { findings, standing, gone }: Round): DampedRound {
  const known = new Set(standing.map(({ finding }) => keyOf(finding)));
  const said = (what: keyof RoundMemory, finding: Finding) => before.some((round) => round[what].includes(keyOf(finding)));
  const holds = (finding: Finding) => !rests(finding) || known.has(keyOf(finding)) || said("shown", finding);
  const isGone = ({ finding }: AskedFinding) => !rests(finding) || said("gone", finding);
  const serious = findings.filter(({ severity }) => severityRank(severity) > 0);
  const memory: RoundMemory = {
    shown: serious.filter(rests).map(keyOf),
    gone: gone.filter(({ finding }) => rests(finding)).map(({ finding }) => keyOf(finding)),
  };
  const opens = serious.some((finding) => !known.has(keyOf(finding)) && (!rests(finding) || !holds(finding)));
  return {
    findings: findings.filter(holds),
    gone: gone.filter(isGone),
    memory: [memory, ...before].slice(0, REMEMBERED),
    unsettled: opens || gone.some((one) => !rests(one.finding) || !isGone(one)),
  };
}

function rests({ code }: Finding): boolean {
  return RESTS_ON_ONE_CONNECTION.has(code);
}

function keyOf(finding: Finding): string {
  return `${findingIdentity(finding)} ${finding.subject.address ?? ""}`;
}
