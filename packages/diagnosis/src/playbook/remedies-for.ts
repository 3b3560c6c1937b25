/**
 * Picks the remedies for a trouble and puts them in the order in which to try them: sender, receiver, network; the mildest
 * first. The sender can act at once, so there a workaround comes before the fix; elsewhere the fix comes first. Where a log shows
 * which mail program is in use, its commands lead, and those for other mail programs come last.
 */
import { AUDIENCES, type FindingCode, type Remedy } from "@mxray/contracts";
import { PLAYBOOK } from "./playbook.ts";
import type { PlaybookEntry } from "./playbook-entry.ts";
import { isMailProgram, NO_FACTS, type RemedyFacts } from "./remedy-facts.ts";
import { renderRemedyOf } from "./render-remedy.ts";

/** A log shows some troubles that a probe shows, too: the same helps. */
const SAME_REMEDIES: Partial<Record<FindingCode, readonly FindingCode[]>> = {
  "log-our-side": ["our-side"],
  "log-tls-stalls": ["pmtu-black-hole-inbound"],
  "log-greeting-stalls": ["greeting-timeout"],
  "log-rcpt-stalls": ["command-inspection"],
  "log-tls-policy": ["starttls-masked"],
  "log-ipv6-delay": ["ipv6-unreachable"],
};

export function remediesFor(code: FindingCode, known: Partial<RemedyFacts>): Remedy[] {
  const facts = { ...NO_FACTS, ...known };
  return entriesFor(code, facts).map((entry) => renderRemedyOf(entry, facts));
}

/** Entries by what selects and orders them: a log has thousands of findings and few such selections. */
const SELECTIONS = new Map<string, readonly PlaybookEntry[]>();

function entriesFor(code: FindingCode, facts: RemedyFacts): readonly PlaybookEntry[] {
  const { family, fragmentsArrive, mta } = facts;
  const key = [code, family, fragmentsArrive, mta, isMailHostKnown(facts)].join(" ");
  const known = SELECTIONS.get(key);
  if (known !== undefined) return known;
  const codes = [code, ...(SAME_REMEDIES[code] ?? [])];
  // A sender's workarounds for masked STARTTLS do without TLS: no help where TLS is required.
  const selected = PLAYBOOK.filter((entry) => entry.codes.some((each) => codes.includes(each)) && existsFor(entry, family))
    .filter((entry) => entry.codes.includes(code) || code !== "log-tls-policy" || entry.audience !== "sender")
    .filter(({ needsFragments }) => needsFragments !== true || fragmentsArrive !== false)
    .sort((a, b) => programRank(a, facts) - programRank(b, facts) || compareEntries(a, b));
  SELECTIONS.set(key, selected);
  return selected;
}

/** Not every remedy exists for both families. */
function existsFor({ steps }: PlaybookEntry, family: 4 | 6): boolean {
  return (typeof steps === "string" ? steps : steps[family]) !== "";
}

/** Which mail program a mail host runs is not in the log of the sender. */
function programRank({ platform, audience }: PlaybookEntry, facts: RemedyFacts): number {
  if (facts.mta === null || !isMailProgram(platform)) return 1;
  if (audience === "receiver" && isMailHostKnown(facts)) return 1;
  return platform === facts.mta ? 0 : 2;
}

function isMailHostKnown({ mailHostName, mailHostAddress }: RemedyFacts): boolean {
  return mailHostName !== null || mailHostAddress !== null;
}

function compareEntries(a: PlaybookEntry, b: PlaybookEntry): number {
  return AUDIENCES.indexOf(a.audience) - AUDIENCES.indexOf(b.audience) || kindRank(a) - kindRank(b) || a.mildness - b.mildness;
}

function kindRank({ audience, kind }: PlaybookEntry): number {
  const first = audience === "sender" ? "workaround" : "fix";
  return kind === first ? 0 : 1;
}
