/** Mail hosts as Markdown: all of them in one table of stages, and each with its path, its ladder and its delivery test. */
import {
  END_OF_DATA_WORDS,
  hopLabel,
  hostLabelWithAddress,
  leftOutText,
  type MailHostObservation,
  OUTCOME_WORDS,
  type ProbeReport,
  type Rung,
  STAGE_NAMES,
  STAGES,
  type StageResult,
} from "@mxray/contracts";
import { durationText } from "../number-text.ts";
import { markdownTable, markdownText } from "./markdown-text.ts";
import { pathText } from "./path-text.ts";

/** More sizes are written as a range. */
const LISTED_SIZES = 12;
const RUNG_TEXT: Record<Rung["outcome"], string> = {
  acked: "acknowledged",
  released: "lost with DF set and acknowledged without it",
  stalled: "lost",
  resized: "made smaller by the sender after an ICMP message",
  reset: "ended by a reset",
  closed: "ended by the host",
  rejected: "rejected by the host",
};

/** Hosts by stages, for targets that have several addresses. */
export function stageMatrixBlocks({ hosts }: ProbeReport): string[] {
  if (hosts.length < 2) return [];
  const stages = STAGES.filter((stage) => hosts.some((host) => wantedStages(host).some((result) => result.stage === stage)));
  const rows = hosts.map((host) => {
    const results = new Map(wantedStages(host).map((result) => [result.stage, result]));
    return [
      host.preference === null ? "" : String(host.preference),
      hostLabelWithAddress(host),
      `IPv${host.family}`,
      ...stages.map((stage) => cellText(results.get(stage))),
    ];
  });
  return ["## All mail hosts", markdownTable(["MX", "Host", "Family", ...stages.map((stage) => STAGE_NAMES[stage])], rows)];
}

function cellText(result: StageResult | undefined): string {
  if (result === undefined) return "";
  return result.outcome === "ok" ? `ok, ${durationText(result.ms)}` : OUTCOME_WORDS[result.outcome];
}

function wantedStages({ stages }: MailHostObservation): StageResult[] {
  return stages.filter(({ cause }) => cause !== "not-wanted");
}

export function hostBlocks(host: MailHostObservation): string[] {
  const { path } = host;
  const stages = wantedStages(host).map(({ stage, outcome, ms, reason }) =>
    markdownText(`${STAGE_NAMES[stage]}: ${OUTCOME_WORDS[outcome]}, ${durationText(ms)}${reason === null ? "" : ` (${reason})`}`),
  );
  return [
    `## ${markdownText(hostLabelWithAddress(host))}`,
    stages.join("; "),
    ...deliveryBlocks(host),
    ...pathBlocks(host),
    ...leftOutBlocks(host),
    ...rungBlocks(path.outbound.rungs),
  ];
}

/** Sizes by what became of them, in one line each: a table of forty packets is for the page. */
function rungBlocks(rungs: readonly Rung[]): string[] {
  const kinds = Map.groupBy(rungs, ({ unit, outcome }) => `${unit === "packet" ? "IP packets" : "Messages"} ${RUNG_TEXT[outcome]}`);
  const lines = [...kinds].map(([kind, those]) => {
    const sizes = Map.groupBy(
      those.toSorted((a, b) => a.size - b.size),
      ({ size }) => size,
    );
    if (sizes.size > LISTED_SIZES)
      return `- ${kind}: ${sizes.size} sizes from ${[...sizes.keys()][0]} to ${[...sizes.keys()].at(-1)} bytes`;
    return `- ${kind}, by size in bytes: ${[...sizes].map(([size, { length }]) => (length === 1 ? size : `${size} (${length} times)`)).join(", ")}`;
  });
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function deliveryBlocks({ endOfData: { whole, split, recipient } }: MailHostObservation): string[] {
  if (recipient === null) return [];
  const rows = [
    ["in one segment", END_OF_DATA_WORDS[whole]],
    ["split between the dot and CRLF", END_OF_DATA_WORDS[split]],
  ];
  return [markdownText(`The end-of-data test wrote to ${recipient}:`), markdownTable(["End of data", "Outcome"], rows)];
}

function leftOutBlocks(host: MailHostObservation): string[] {
  const text = leftOutText(host);
  return text === null ? [] : [markdownText(text)];
}

/** The routers one by one, or what is known of the path where none answered. */
function pathBlocks(host: MailHostObservation): string[] {
  const { hops, lostBetween } = host.path;
  if (hops.length === 0 || lostBetween === null) {
    const line = pathText(host);
    if (line !== null) return [markdownText(`The path: ${line}`)];
  }
  const rows = hops.map((hop) => [String(hop.ttl), hopLabel(hop), hop.small, hop.large]);
  return rows.length === 0 ? [] : [markdownTable(["Hop", "Router", "Small packets", "Large packets"], rows)];
}
