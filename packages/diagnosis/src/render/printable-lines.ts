/** Text of several lines, each made printable once more: a report may come from a file or an agent, and not from our own probe. */
import { printable } from "@mxray/contracts";

/** Nothing is cut: what is shown was capped when it was read. */
export function printableLines(text: string): string[] {
  return text.split("\n").map(printableWhole);
}

export function printableWhole(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}
