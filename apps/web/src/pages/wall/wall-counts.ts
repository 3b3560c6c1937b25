/** What the wall counts, and under which sign. */
import type { FindingCode, WallSnapshot } from "@mxray/contracts";
import type { WallSign } from "./wall-mark.tsx";

export interface WallCount {
  readonly sign: WallSign;
  readonly word: string;
  readonly count: number;
}

/** Mail passes, or there is nothing to be said against the host; otherwise nobody knows. */
export function calmSign(code: FindingCode | null): Extract<WallSign, "ok" | "unclear"> {
  return code === null || code === "inconclusive" ? "unclear" : "ok";
}

/** Critical and warning always; the others where there are any. */
export function countWall({ troubles, calm }: Pick<WallSnapshot, "troubles" | "calm">): WallCount[] {
  const fresh = troubles.filter(({ acknowledged }) => !acknowledged);
  const critical = fresh.filter(({ severity }) => severity === "critical").length;
  const healthy = calm.filter(({ code }) => calmSign(code) === "ok").length;
  const counts: WallCount[] = [
    { sign: "critical", word: "critical", count: critical },
    { sign: "warning", word: fresh.length - critical === 1 ? "warning" : "warnings", count: fresh.length - critical },
    { sign: "known", word: "known", count: troubles.length - fresh.length },
    { sign: "unclear", word: "unclear", count: calm.length - healthy },
    { sign: "ok", word: "healthy", count: healthy },
  ];
  return counts.filter(({ sign, count }) => sign === "critical" || sign === "warning" || count > 0);
}
