/** Probes of one target from several vantages, side by side, as Markdown. */
import {
  type ComparedPath,
  hopLabel,
  hostLabelWithAddress,
  PATH_VERDICT_WORDS,
  VANTAGE_FATE_WORDS,
  type VantageComparison,
  type VantageHost,
} from "@mxray/contracts";
import { markdownTable, markdownText } from "./markdown-text.ts";

export function vantageBlocks({ vantages, hosts }: VantageComparison): string[] {
  const names = vantages.map(({ name, practice }) => markdownText(practice ? `${name} (practice)` : name));
  return ["## From several vantages", ...hosts.flatMap((host) => hostBlocks(host, names))];
}

function hostBlocks(host: VantageHost, names: readonly string[]): string[] {
  const { sides, sentence, span } = host;
  const most = Math.max(0, ...sides.map((side) => side?.hops.length ?? 0));
  const rows = [
    ["Result", ...sides.map((side) => (side === null ? "not probed" : VANTAGE_FATE_WORDS[side.fate]))],
    ["Verdict", ...sides.map((side) => markdownText(side?.verdict?.title ?? ""))],
    ["Outbound", ...sides.map((side) => (side === null ? "" : pathWords(side.outbound)))],
    ["Inbound", ...sides.map((side) => (side === null ? "" : pathWords(side.inbound)))],
    ...Array.from({ length: most }, (_, index) => [
      `Hop ${index + 1}`,
      ...sides.map((side) => {
        const hop = side?.hops[index];
        return hop === undefined ? "" : markdownText(hopLabel(hop));
      }),
    ]),
  ];
  return [
    `### ${markdownText(hostLabelWithAddress(host))}`,
    markdownText(sentence),
    ...(span === null ? [] : [markdownText(span.confidence === null ? span.sentence : `${span.sentence} (${span.confidence})`)]),
    markdownTable(["", ...names], rows),
  ];
}

function pathWords({ verdict, mtu }: Pick<ComparedPath, "verdict" | "mtu">): string {
  return [PATH_VERDICT_WORDS[verdict], ...(mtu === null ? [] : [`${mtu} bytes`])].join(", ");
}
