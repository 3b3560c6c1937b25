/** Mail hosts as Markdown: all of them in one table of stages, and each with its path, its ladder and its delivery test. */
import {
  END_OF_DATA_WORDS,
  hopLabel,
  hostLabelWithAddress,
  leftOutText,
  type MailHostObservation,
  OUTCOME_WORDS,
  type ProbeReport,
  STAGE_NAMES,
  STAGES,
  type StageResult,
} from "@mxray/contracts";
import { durationText } from "../number-text.ts";
import { markdownTable, markdownText } from "./markdown-text.ts";
import { pathText } from "./path-text.ts";

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
  const stages = wantedStages(host).map(({ stage, outcome, ms, reason }) => [
    STAGE_NAMES[stage],
    OUTCOME_WORDS[outcome],
    durationText(ms),
    reason ?? "",
  ]);
  const rungs = path.outbound.rungs.map(({ size, unit, outcome, ms }) => [
    String(size),
    unit === "packet" ? "IP packet" : "message",
    outcome,
    durationText(ms),
  ]);
  return [
    `## ${markdownText(hostLabelWithAddress(host))}`,
    markdownTable(["Stage", "Outcome", "Time", "Reason"], stages),
    ...deliveryBlocks(host),
    ...pathBlocks(host),
    ...leftOutBlocks(host),
    ...(rungs.length === 0 ? [] : [markdownTable(["Size (bytes)", "Of", "Outcome", "Time to acknowledgement"], rungs)]),
  ];
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

function pathBlocks(host: MailHostObservation): string[] {
  const { path } = host;
  const line = pathText(host);
  const blocks = line === null ? [] : [markdownText(`The path: ${line}`)];
  if (path.hops.length > 0) {
    const hops = path.hops.map((hop) => [String(hop.ttl), hopLabel(hop), hop.small, hop.large]);
    blocks.push(markdownTable(["Hop", "Router", "Small packets", "Large packets"], hops));
  }
  if (path.lostBetween !== null) {
    const [before, after] = path.lostBetween;
    blocks.push(
      markdownText(`Packets of more than ${path.outbound.mtu} bytes are dropped between ${hopLabel(before)} and ${hopLabel(after)}.`),
    );
  }
  return blocks;
}
