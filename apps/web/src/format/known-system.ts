/** The system that a reader is known to run, so that its remedies come first. */
import { type LogStatistics, PLATFORMS, type Platform } from "@mxray/contracts";

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

/** `?platform=` of an address; undefined for what is no system. */
export function systemOfAddress(search: string): Platform | undefined {
  const named = new URLSearchParams(search).get("platform") ?? "";
  return Object.hasOwn(PLATFORMS, named) ? (named as Platform) : undefined;
}
