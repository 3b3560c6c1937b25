/** Text for Markdown (CommonMark with GitHub's tables) in which nothing foreign can become markup, HTML or a link. */

import { printableLines, printableWhole } from "./printable-lines.ts";

/** One line of plain text with every character that Markdown could read as markup escaped. */
export function markdownText(text: string): string {
  return printableWhole(text.replace(/\s+/g, " ")).replace(/[\\`*_{}[\]()#+\-.!|<>~&@:/$^=]/g, (character) => {
    // Words and numbers stay readable in the source: these are markup only in certain places, which escaping covers whole.
    if (character === "<") return "&lt;";
    if (character === ">") return "&gt;";
    if (character === "&") return "&amp;";
    return `\\${character}`;
  });
}

/** A table of GitHub's kind; every cell is plain text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Text to paste, in a fence that nothing in it can close. */
export function markdownFence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${printableLines(text).join("\n")}\n${fence}`;
}
