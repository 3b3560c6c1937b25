/** The list of findings, line by line: headings of groups and the findings below them. */
import { type FindingSummary, formatEndpoint } from "@mxray/contracts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import type { FindingGroup } from "./findings-search.ts";

export interface GroupLine {
  readonly kind: "group";
  readonly key: string;
  readonly place: null;
  readonly name: string;
  /** Of those that stand below it. */
  readonly count: number;
}

export interface FindingLine {
  readonly kind: "finding";
  readonly key: string;
  /** Which of all findings it is, from 1. */
  readonly place: number;
  readonly finding: FindingSummary;
  /** Of its group. */
  readonly first: boolean;
  readonly last: boolean;
}

/** A group as large as this is gone through before the next one begins: what is loaded later never moves what is being read. */
const GROUPED_AT_ONCE = 50;

/** In the order in which they come: the group of the worst finding is the first. */
export function linesOf(findings: readonly FindingSummary[], group: FindingGroup): (GroupLine | FindingLine)[] {
  const lines: (GroupLine | FindingLine)[] = [];
  let place = 0;
  for (let from = 0; from < findings.length; from += GROUPED_AT_ONCE) {
    for (const [name, own] of Map.groupBy(findings.slice(from, from + GROUPED_AT_ONCE), (finding) => nameOf(finding, group))) {
      if (group !== "none") lines.push({ kind: "group", key: `${name} ${own[0]?.id}`, place: null, name, count: own.length });
      for (const [index, finding] of own.entries()) {
        place += 1;
        const whole = group === "none";
        const first = whole ? place === 1 : index === 0;
        const last = whole ? place === findings.length : index === own.length - 1;
        lines.push({ kind: "finding", key: finding.id, place, finding, first, last });
      }
    }
  }
  return lines;
}

function nameOf({ code, subject: { host, address } }: FindingSummary, group: FindingGroup): string {
  if (group === "none") return "";
  if (group === "code") return FINDING_NAMES[code];
  return host ?? (address === null ? "This mail server" : formatEndpoint(address));
}
