/** Probes of one target from several vantages, side by side. Pure, so that the reports can be redacted before. */
import type {
  ComparedVantage,
  MailHostObservation,
  ProbeReport,
  VantageComparison,
  VantageFate,
  VantageHost,
  Verdict,
} from "@mxray/contracts";
import { comparedHost } from "../check/compared-host.ts";
import { verdictOf } from "../diagnose-probe.ts";
import { listText } from "../number-text.ts";
import { type HostPath, hopsOf, hostSpan } from "./host-span.ts";

export interface VantageProbe extends Omit<ComparedVantage, "verdict" | "startedAt"> {
  /** Null where there is no result, or not yet. */
  readonly report: ProbeReport | null;
}

export function compareVantages(probes: readonly VantageProbe[]): VantageComparison {
  return {
    vantages: probes.map(({ report, ...probe }) => ({
      ...probe,
      startedAt: report?.startedAt ?? null,
      verdict: report === null ? null : verdictOf(report.findings),
    })),
    hosts: hostsOf(probes).map((host) => compareHost(host, probes)),
  };
}

type HostKey = Pick<MailHostObservation, "name" | "address" | "port">;

/** Each once, in the order of the probes. */
function hostsOf(probes: readonly VantageProbe[]): HostKey[] {
  const hosts = probes.flatMap(({ report }) => report?.hosts ?? []);
  return [...new Map(hosts.map((host) => [`${host.address} ${host.port}`, host])).values()];
}

function compareHost({ name, address, port }: HostKey, probes: readonly VantageProbe[]): VantageHost {
  const met = probes.map(({ name: vantage, report }) => {
    const host = report?.hosts.find((each) => each.address === address && each.port === port);
    return host === undefined || report === null ? null : { vantage, host, compared: comparedHost(host, report.findings) };
  });
  const sides = met.map((side) => {
    if (side === null) return null;
    return { ...side.compared, fate: fateOf(side.compared.verdict), hops: hopsOf(side.host) };
  });
  const paths: HostPath[] = met.filter((side) => side !== null);
  const verdicts = met.flatMap((side) => (side === null ? [] : [{ vantage: side.vantage, verdict: side.compared.verdict }]));
  return { name, address, port, sides, sentence: sentenceOf(verdicts), span: hostSpan(paths) };
}

/** A host that refuses the envelope, say, was reached, but does not show whether mail gets through. */
function fateOf(verdict: Verdict | null): VantageFate {
  if (verdict === null) return "unclear";
  if (verdict.severity !== "info") return "fails";
  return verdict.code === "healthy" || verdict.code === "pmtu-reduced" ? "works" : "unclear";
}

/** One part for each fault, then the vantages without one. */
function sentenceOf(sides: readonly { readonly vantage: string; readonly verdict: Verdict | null }[]): string {
  const from = (own: typeof sides) => `From ${listText(own.map(({ vantage }) => vantage))}`;
  const fated = (fate: VantageFate) => sides.filter(({ verdict }) => fateOf(verdict) === fate);
  const faults = Map.groupBy(fated("fails"), ({ verdict }) => verdict?.code);
  return [
    ...[...faults.values()].map((own) => `${from(own)}: ${own[0]?.verdict?.title ?? ""}.`.replace(/\.\.$/, ".")),
    ...[fated("works")].flatMap((own) => (own.length === 0 ? [] : [`${from(own)}: no fault.`])),
    ...[fated("unclear")].flatMap((own) => (own.length === 0 ? [] : [`${from(own)}: not clear.`])),
  ].join(" ");
}
