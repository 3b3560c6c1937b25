/**
 * What is known of a peer, as lanes of one time line: a bar for each finding from its first evidence to its fix, and a mark for
 * each probe and each fix. Pure.
 */
import type { FindingSummary, PeerProbe } from "@mxray/contracts";
import { FINDING_WORDS } from "../../format/finding-words.ts";
import { PATH_TONES, type Tone, toneOf } from "../../format/words.ts";

interface FindingLane {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly tone: Tone;
  /** Milliseconds; `to` is null while it is not fixed. */
  readonly from: number;
  readonly to: number | null;
}

interface ProbeMark {
  readonly probeId: string;
  readonly at: number;
  readonly tone: Tone;
  readonly title: string;
}

export interface PeerLanes {
  /** Those that last longest first. */
  readonly findings: readonly FindingLane[];
  /** The oldest first. */
  readonly probes: readonly ProbeMark[];
  /** Findings that have no lane of their own. */
  readonly leftOut: number;
}

const MOST_FINDINGS = 4;

export function peerLanes(findings: readonly FindingSummary[], probes: readonly PeerProbe[]): PeerLanes {
  const lanes = findings
    .filter(({ state }) => state !== "dismissed")
    .map(({ id, code, severity, title, sinceAt, fixedAt }) => ({
      id,
      name: FINDING_WORDS[code],
      title,
      tone: toneOf({ code, severity }),
      from: Date.parse(sinceAt),
      to: fixedAt === null ? null : Date.parse(fixedAt),
    }))
    .toSorted((a, b) => Number(b.to === null) - Number(a.to === null) || a.from - b.from);
  return {
    findings: lanes.slice(0, MOST_FINDINGS),
    probes: probes.map(probeMark).toSorted((a, b) => a.at - b.at),
    leftOut: Math.max(0, lanes.length - MOST_FINDINGS),
  };
}

/** Where nothing was found of this peer, its path speaks for it: what was found may be about another host of the same domain. */
function probeMark({ probeId, at, address, verdict, outbound }: PeerProbe): ProbeMark {
  const [tone, words] = ((): [Tone, string] => {
    if (verdict !== null) return [toneOf(verdict), verdict.title];
    return PATH_TONES[outbound.verdict] === "ok" ? ["ok", "No problem found"] : ["info", "Nothing established"];
  })();
  return { probeId, at: Date.parse(at), tone, title: `${words} (${address})` };
}
