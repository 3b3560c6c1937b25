/**
 * The block list that a rejection names, or null: replies such as "blocked using zen.example.org", "listed by …" or a link
 * to the list's page. A reply that speaks of no list names none, whatever host names it holds.
 */

const SPEAKS_OF_LISTS = /\b(?:block(?:ed|ing)?|(?:block|black|deny|reject)[ -]?list(?:ed|ing)?|listed|rbl|dnsbl|banned|poor reputation)\b/i;
const NAME = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\\.[a-z]{2,24}";
const NAMED = new RegExp(
  `\\b(?:using|by|at|in|on|via|see|dnsbl|rbl|list|blocklist|blacklist)[:\\s(]+(?:the\\s+)?(${NAME})(?![a-z0-9@.-]*@)`,
  "i",
);
const LINK = new RegExp(`\\bhttps?://(${NAME})`, "i");
/** A provider's list of its own, with its number where that is given. */
const OWN = /\bour (?:own )?(?:block|black)[ -]?list\b(?:\s*\(([a-z0-9]{1,20})\))?/i;

/** @param text an SMTP reply, printable */
export function blockListOf(text: string): string | null {
  const line = text.replaceAll(/\s+/g, " ");
  if (!SPEAKS_OF_LISTS.test(line)) return null;
  const own = OWN.exec(line);
  if (own !== null) return own[1] === undefined ? "its own block list" : `its own block list (${own[1]})`;
  return (NAMED.exec(line)?.[1] ?? LINK.exec(line)?.[1])?.toLowerCase() ?? null;
}
