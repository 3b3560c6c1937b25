import type { PlaybookRemedy } from "@mxray/contracts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { platformName } from "../../format/words.ts";

/** All words of the text somewhere in the remedy, without case. */
export function remedyMatches(remedy: PlaybookRemedy, text: string): boolean {
  const { id, title, steps, check, undo, sideEffects, codes } = remedy;
  const names = codes.map((one) => `${one} ${FINDING_NAMES[one]}`).join(" ");
  return holdsWords([id, title, steps, check, undo, sideEffects, names, platformName(remedy.platform)].join("\n"), text);
}

export function holdsWords(hay: string, text: string): boolean {
  const lower = hay.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
