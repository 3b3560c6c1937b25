/** Takes the commands out of a remedy as a person would paste them, with what only the reader knows filled in. */
import { type PlaybookEntry, type RemedyFacts, renderRemedy } from "../src/index.ts";

type Field = "steps" | "undo" | "check";

/**
 * @param asked text for `<GATEWAY>` and the like, by the name of the placeholder in lower case
 * @returns the lines that are no comments, backslashes and all
 */
export function pasteLines(
  entry: PlaybookEntry,
  field: Field,
  facts: Partial<RemedyFacts>,
  asked: Readonly<Record<string, string>>,
): string[] {
  const text = renderRemedy(entry, facts)[field];
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*[#!;*]/.test(line))
    .map((line) => fillAsked(line, asked));
}

/** Fills what is known, and leaves the others as they are. */
export function fillAsked(line: string, asked: Readonly<Record<string, string>>): string {
  return line.replace(/<([A-Z/-]+)>/g, (whole, name: string) => asked[name.toLowerCase()] ?? whole);
}
