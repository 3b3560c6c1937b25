/**
 * Recognises greetings that a Cisco PIX or ASA has painted over ("fixup protocol smtp", "inspect esmtp" mask-banner).
 *
 * `pix` is Postfix's own rule (smtp_proto.c): the whole greeting, code included, made only of `2`, `0`, space, `*`, tab and
 * line feed, and at least one asterisk. `full` is nothing but asterisks after the code, or from the first byte; it wins
 * over `pix`. `partial` is a run of eight or more asterisks among other text.
 */
import type { GreetingMask } from "@mxray/contracts";

const LONG_RUN = "*".repeat(8);

/** @param text the whole greeting as received, lines joined by line feeds */
export function maskOfGreeting(text: string): GreetingMask {
  if (!text.includes("*")) return "none";
  if (/^(?:220[ -]?)?\*+\s*$/.test(text)) return "full";
  if (/^[20 *\t\n]+$/.test(text)) return "pix";
  return text.includes(LONG_RUN) ? "partial" : "none";
}

/** An EHLO keyword overwritten in place: letters become X, the last one counts A, B, … per masked keyword. */
export function isMaskedKeyword(keyword: string): boolean {
  return /^X{2,}[A-Z](?=\s|$)/.test(keyword);
}
