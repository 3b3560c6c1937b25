/**
 * Picks the remedies for a trouble and puts them in the order in which to try them: sender, receiver, network; the mildest
 * first. The sender can act at once, so there a workaround comes before the fix; elsewhere the fix comes first.
 */
import { AUDIENCES, type FindingCode, type Remedy } from "@mxray/contracts";
import { PLAYBOOK } from "./playbook.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";
import { NO_FACTS, type RemedyFacts } from "./remedy-facts.ts";
import { renderRemedy } from "./render-remedy.ts";

export function remediesFor(code: FindingCode, known: Partial<RemedyFacts>): Remedy[] {
  const { family, fragmentsArrive } = { ...NO_FACTS, ...known };
  return PLAYBOOK.filter((entry) => entry.codes.includes(code) && existsFor(entry, family))
    .filter(({ needsFragments }) => needsFragments !== true || fragmentsArrive !== false)
    .sort(compareEntries)
    .map((entry) => renderRemedy(entry, known));
}

/** Not every remedy exists for both families. */
function existsFor({ steps }: PlaybookEntry, family: 4 | 6): boolean {
  return (typeof steps === "string" ? steps : steps[family]) !== "";
}

function compareEntries(a: PlaybookEntry, b: PlaybookEntry): number {
  return AUDIENCES.indexOf(a.audience) - AUDIENCES.indexOf(b.audience) || kindRank(a) - kindRank(b) || a.mildness - b.mildness;
}

function kindRank({ audience, kind }: PlaybookEntry): number {
  const first = audience === "sender" ? "workaround" : "fix";
  return kind === first ? 0 : 1;
}
