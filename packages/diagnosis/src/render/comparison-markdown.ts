/** An earlier probe and the one that checks its fix, side by side, as Markdown. */
import {
  type ComparedHost,
  FATE_WORDS,
  type HostComparison,
  hostLabelWithAddress,
  OUTCOME_WORDS,
  PATH_VERDICT_WORDS,
  type ProbeComparison,
  STAGE_NAMES,
  STAGES,
} from "@mxray/contracts";
import { timeText } from "../number-text.ts";
import { markdownTable, markdownText } from "./markdown-text.ts";

export function comparisonBlocks({ before, after, findings, hosts }: ProbeComparison): string[] {
  const fates = findings.map(({ title, fate, reason }) => {
    return `- **${FATE_WORDS[fate]}**: ${markdownText(title)}${reason === null ? "" : `: ${markdownText(reason)}`}`;
  });
  return [
    "## Before and after",
    `This probe (${timeText(after.startedAt)}) checks the fix of an earlier one (${timeText(before.startedAt)}).`,
    ...(fates.length === 0 ? [] : [fates.join("\n")]),
    ...hosts.flatMap(hostBlocks),
  ];
}

function hostBlocks(host: HostComparison): string[] {
  const stages = STAGES.filter((stage) => [host.before, host.after].some((side) => side?.stages.some((one) => one.stage === stage)));
  const both = (text: (side: ComparedHost) => string) => [host.before, host.after].map((side) => (side === null ? "" : text(side)));
  const rows = [
    ["Verdict", ...both(({ verdict }) => verdict?.title ?? "")],
    ["Outbound", ...both(({ outbound }) => pathWords(outbound))],
    ["Inbound", ...both(({ inbound }) => pathWords(inbound))],
    ...stages.map((stage) => [
      STAGE_NAMES[stage],
      ...both((side) => {
        const result = side.stages.find((one) => one.stage === stage);
        return result === undefined ? "" : OUTCOME_WORDS[result.outcome];
      }),
    ]),
  ];
  return [
    `### ${markdownText(hostLabelWithAddress(host))}`,
    host.changes.length === 0 ? "Nothing has changed." : host.changes.map((change) => `- ${markdownText(change)}`).join("\n"),
    markdownTable(["", "Before", "Now"], rows),
  ];
}

function pathWords({ verdict, mtu, confidence }: ComparedHost["outbound"]): string {
  return [PATH_VERDICT_WORDS[verdict], ...(mtu === null ? [] : [`${mtu} bytes`]), ...(confidence === null ? [] : [confidence])].join(", ");
}
