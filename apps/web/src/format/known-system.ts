/** The system that a reader is known to run, so that its remedies come first. */
import type { LogStatistics, Platform } from "@mxray/contracts";

const BANNERS: readonly (readonly [RegExp, Platform])[] = [
  [/\bpostfix\b/i, "postfix"],
  [/\bexim\b/i, "exim"],
  [/\bsendmail\b/i, "sendmail"],
  [/\bmicrosoft esmtp\b/i, "exchange"],
];

/** @param text of a mail host's greeting */
export function systemOfGreeting(text: string | null | undefined): Platform | undefined {
  return BANNERS.find(([banner]) => banner.test(text ?? ""))?.[1];
}

/** The mail program that wrote most of the lines. */
export function systemOfWriters(writers: LogStatistics["writers"]): Platform | undefined {
  return writers.toSorted((a, b) => b.lines - a.lines)[0]?.mta;
}
