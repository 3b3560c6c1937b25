/** What the results of the trust benchmark come to: wrong claims by class and confidence, and how exact the holes are. */
import type { Confidence, FindingCode } from "@mxray/contracts";
import { CLEAN_CLASSES, type CleanClass, HOLE_CLASSES, type HoleClass } from "./trust-case.ts";
import { connectionsOf, findingIn, type TrustResult } from "./trust-run.ts";

/** Findings that claim a fault which packet size decides, or a device that the paths of the benchmark do not have. */
const SIZE_CLAIMS: readonly FindingCode[] = [
  "pmtu-black-hole",
  "pmtu-black-hole-inbound",
  "size-cliff",
  "pmtu-reduced",
  "local-mtu",
  "path-differs",
  "command-inspection",
  "window-scaling",
  "smtp-fixup",
];
/** Classes in which chance or a setting depends on size or connection: what is right there is said beside the table. */
const APART: ReadonlySet<CleanClass> = new Set(["large packets lost at times", "host settings", "hashed"]);

export interface CleanTally {
  readonly cases: number;
  readonly worst: Readonly<Record<Confidence | "none", number>>;
  readonly healthy: number;
  readonly lossy: number;
  readonly failed: number;
}

/** The surest wrong claim about a path without a hole. */
export function wrongClaim(result: TrustResult): { readonly code: FindingCode; readonly confidence: Confidence } | null {
  const right: FindingCode | null = result.case.class === "hashed" ? "path-differs" : null;
  const claims = (result.report?.findings ?? []).filter(({ code }) => SIZE_CLAIMS.includes(code) && code !== right);
  for (const confidence of ["proven", "likely", "suspected"] as const) {
    const claim = claims.find((finding) => finding.confidence === confidence);
    if (claim !== undefined) return { code: claim.code, confidence };
  }
  return null;
}

export function cleanTally(results: readonly TrustResult[]): CleanTally {
  const worst = { none: 0, suspected: 0, likely: 0, proven: 0 };
  for (const result of results) worst[wrongClaim(result)?.confidence ?? "none"] += 1;
  return {
    cases: results.length,
    worst,
    healthy: results.filter((result) => findingIn(result, "healthy") !== null).length,
    lossy: results.filter((result) => findingIn(result, "lossy-path") !== null).length,
    failed: results.filter(({ report }) => report === null).length,
  };
}

export interface HoleVerdict {
  readonly right: boolean;
  /** Confidence of the finding that says what is there; `missed` without one. */
  readonly outbound: Confidence | "missed" | "none";
  readonly inbound: Confidence | "missed" | "none";
  readonly exact: boolean;
  /** Null where the place was not looked for. */
  readonly span: boolean | null;
  readonly why: string;
}

export function holeVerdict(result: TrustResult): HoleVerdict {
  const { hole, reported } = result.case;
  const path = result.report?.hosts[0]?.path;
  const why: string[] = result.error === null ? [] : [result.error];
  const out = findingIn(result, "pmtu-black-hole");
  const back = findingIn(result, "pmtu-black-hole-inbound");
  const outMtu = path?.outbound.mtu ?? null;
  let exact = true;
  if (hole.outbound !== null && outMtu !== hole.outbound.mtu) why.push(`outbound ${outMtu} for ${hole.outbound.mtu}`);
  if (hole.inbound !== null && path?.inbound.mtu !== hole.inbound) why.push(`inbound ${path?.inbound.mtu} for ${hole.inbound}`);
  if (reported !== null && (outMtu !== reported || findingIn(result, "pmtu-reduced") === null))
    why.push(`reported ${outMtu} for ${reported}`);
  if (why.length > 0) exact = false;
  if (hole.outbound === null && out !== null) why.push("an outbound hole that is not there");
  if (hole.inbound === null && back !== null) why.push("an inbound hole that is not there");
  const span = spanIsRight(result);
  if (span === false) why.push(`span ${path?.lostBetween?.map(({ ttl }) => ttl).join("-")}`);
  const outbound = hole.outbound === null ? "none" : (out?.confidence ?? "missed");
  const inbound = hole.inbound === null ? "none" : (back?.confidence ?? "missed");
  if (outbound === "missed" || inbound === "missed") why.push(outbound === "missed" ? "outbound missed" : "inbound missed");
  return { right: why.length === 0, outbound, inbound, exact, span, why: why.length === 0 ? "" : `${why.join("; ")} (${saidOf(result)})` };
}

/** Codes and confidences, for a line about a case that is wrong. */
function saidOf({ report }: TrustResult): string {
  const findings = report?.findings.map(({ code, confidence }) => `${code} ${confidence}`) ?? [];
  return [report?.hosts[0]?.path.outbound.verdict ?? "no report", ...findings].join(", ");
}

/** The hops at the ends of the link; one of them may be unknown, not wrong. */
function spanIsRight({ case: { hole }, report }: TrustResult): boolean | null {
  const between = report?.hosts[0]?.path.lostBetween ?? null;
  if (hole.outbound === null || between === null) return null;
  const [before, behind] = between;
  return before.ttl === hole.outbound.link && behind.ttl === hole.outbound.link + 1;
}

export function cleanTable(results: readonly TrustResult[]): string {
  const rows = CLEAN_CLASSES.map((name) => [name, cleanTally(results.filter((result) => result.case.class === name))] as const);
  const apart = rows.filter(([name]) => APART.has(name));
  const total = cleanTally(results.filter(({ case: { class: name } }) => !APART.has(name as CleanClass)));
  const line = (name: string, { cases, worst, healthy, lossy, failed }: CleanTally) =>
    [
      name.padEnd(28),
      ...[cases, worst.proven, worst.likely, worst.suspected, worst.none, healthy, lossy, failed].map((n) => `${n}`.padStart(9)),
    ].join(" ");
  return [
    [
      "clean paths".padEnd(28),
      ...["cases", "proven", "likely", "suspected", "none", "healthy", "lossy", "failed"].map((n) => n.padStart(9)),
    ].join(" "),
    ...rows.filter(([name]) => !APART.has(name)).map(([name, tally]) => line(name, tally)),
    line("no size-dependent fault", total),
    ...apart.map(([name, tally]) => line(name, tally)),
  ].join("\n");
}

export function holeTable(results: readonly TrustResult[]): string {
  const rows = HOLE_CLASSES.map((name: HoleClass) => {
    const own = results.filter((result) => result.case.class === name);
    const verdicts = own.map(holeVerdict);
    const found = (confidence: HoleVerdict["outbound"]) =>
      verdicts.filter(({ outbound, inbound }) => [outbound, inbound].includes(confidence)).length;
    const spans = verdicts.filter(({ span }) => span !== null);
    const right = verdicts.filter((verdict) => verdict.right).length;
    return [
      name.padEnd(28),
      ...[own.length, right, found("proven"), found("likely"), found("suspected"), found("missed")].map((n) => `${n}`.padStart(9)),
      `${verdicts.filter(({ exact }) => exact).length}`.padStart(9),
      `${spans.filter(({ span }) => span === true).length}/${spans.length}`.padStart(9),
      `${median(own.map(({ seconds }) => seconds))}`.padStart(9),
      `${Math.max(0, ...own.map(connectionsOf))}`.padStart(9),
    ].join(" ");
  });
  const head = ["cases", "right", "proven", "likely", "suspected", "missed", "exact", "span", "median s", "most conn"];
  return [["holes".padEnd(28), ...head.map((n) => n.padStart(9))].join(" "), ...rows].join("\n");
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
