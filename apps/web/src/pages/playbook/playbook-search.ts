/** What the address of /playbook holds; a remedy's own id stands behind `#`. */
import { AUDIENCES, type Audience, FINDING_CODES, type FindingCode, PLATFORMS, type Platform } from "@mxray/contracts";
import { oneOf, textOf } from "../search-values.ts";

export interface PlaybookSearch {
  readonly code?: FindingCode | undefined;
  readonly platform?: Platform | undefined;
  readonly audience?: Audience | undefined;
  readonly text?: string | undefined;
  /** Commands for IPv6; default IPv4. */
  readonly family?: 6 | undefined;
}

export function playbookSearch(given: Record<string, unknown>): PlaybookSearch {
  return {
    code: oneOf(FINDING_CODES, given.code),
    platform: oneOf(Object.keys(PLATFORMS) as Platform[], given.platform),
    audience: oneOf(AUDIENCES, given.audience),
    text: textOf(given.text, 200),
    family: given.family === 6 ? 6 : undefined,
  };
}
