/** Text for Markdown (CommonMark with GitHub's tables) in which nothing foreign can become markup, HTML or a link. */

import { printableLines, printableWhole } from "./printable-lines.ts";

/** These begin markup wherever they are. */
const ANYWHERE = /[`*~|$@]/.source;
/** A backslash before punctuation; a bracket, unless it holds an address and nothing makes it a link; an underscore at a word's edge. */
const IN_PLACE = [
  /\\(?=[!-/:-@[-`{-~]|$)/,
  /\[(?![0-9a-fA-F.:]{3,45}\](?![([]))|^\[/,
  /(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/,
  // Links that GitHub makes of bare text, emoji, and issue numbers.
  /:(?=\/\/)|(?<=\bwww)\.|:(?=[a-z_+-]+:)|#(?=\d)|#$/,
]
  .map(({ source }) => source)
  .join("|");
/** A list, a heading, a quotation, a rule: at the beginning of a line only. */
const AT_START = /^[#>+=-]/.source;
const MARKUP = new RegExp(`${ANYWHERE}|${IN_PLACE}|${AT_START}|(?<=^\\d{1,9})[.)](?=\\s|$)`, "gi");

/** One line of plain text; what Markdown would read as markup at its place is escaped, and nothing else, so that it reads well as it is. */
export function markdownText(text: string): string {
  return printableWhole(text.trim().replace(/\s+/g, " "))
    .replace(MARKUP, (character) => `\\${character}`)
    .replace(/&(?=#|[a-z])/gi, "&amp;")
    .replace(/<(?=[a-z/!?])/gi, "&lt;");
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
