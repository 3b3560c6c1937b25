/** One finding for a person at a terminal: what was concluded, how it is known, what to type. */
import type { Audience, Finding, Remedy } from "@mxray/contracts";
import { type Ink, inkOfSeverity } from "./ink.ts";
import { printableLines } from "./printable-lines.ts";
import { wrappedText } from "./wrapped-text.ts";

const AUDIENCES: Record<Audience, string> = {
  sender: "The sender",
  receiver: "The mail host's operator",
  network: "The network's operator",
};

/** In full; what another finding explains in short. @param remedies whether to say what to type; not where that stands above already */
export function findingText(finding: Finding, ink: Ink, width: number, remedies = true): string {
  const { severity, confidence, title, summary, code } = finding;
  const colour = inkOfSeverity(ink, severity);
  const head = wrappedText(`${MARKS[severity]} ${title}`, width, "", "  ");
  const lines = [
    ink.bold(colour(head)),
    ink.faint(wrappedText(`${code}, ${severity}, ${confidence}`, width, "  ")),
    wrappedText(summary, width, "  "),
  ];
  if (finding.explainedBy !== undefined) return [...lines, wrappedText(`Explained by ${finding.explainedBy}.`, width, "  ")].join("\n");
  if (finding.evidence.length > 0) {
    lines.push("", "  How we know");
    for (const { text } of finding.evidence) lines.push(wrappedText(text, width, "  - ", "    "));
  }
  for (const [audience, theirs] of Map.groupBy(remedies ? finding.remedies : [], (remedy) => remedy.audience)) {
    lines.push("", ink.bold(wrappedText(AUDIENCES[audience], width, "  ")), ...remediesText(theirs, ink, width));
  }
  return lines.join("\n");
}

/** Beside the first of an audience, so many remedies are named. */
const REMEDIES_NAMED = 6;
const MARKS = { critical: "✖", warning: "▲", info: "●" } as const;

/** The first in full, the others by title: the whole of them is in the dashboard and in `--json`. */
function remediesText(remedies: readonly Remedy[], ink: Ink, width: number): string[] {
  const [first, ...others] = remedies;
  if (first === undefined) return [];
  const lines = [wrappedText(`${first.title} (${first.kind})`, width, "  "), ...commandLines(first.steps)];
  if (first.check !== "") lines.push(wrappedText("Check:", width, "  "), ...commandLines(first.check));
  if (first.sideEffects !== "") lines.push(ink.faint(wrappedText(first.sideEffects, width, "  ")));
  if (others.length > 0) {
    const titles = others.slice(0, REMEDIES_NAMED).map(({ title }) => title);
    const left = others.length - titles.length;
    const more = left === 0 ? "" : `; and ${left} more with --json`;
    lines.push(ink.faint(wrappedText(`Also: ${titles.join("; ")}${more}.`, width, "  ", "    ")));
  }
  return lines;
}

function commandLines(text: string): string[] {
  return printableLines(text).map((line) => `      ${line}`);
}
