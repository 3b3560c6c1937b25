/** What the address of a probe holds: what is looked at, counted from 1 as people do. */
import type { DiagnosisPart } from "../../panels/findings/diagnosis.tsx";

export interface ProbeSearch {
  readonly finding?: number | undefined;
  readonly host?: number | undefined;
}

export function probeSearch(given: Record<string, unknown>): ProbeSearch {
  return { finding: ordinalOf(given.finding), host: ordinalOf(given.host) };
}

export function partOfSearch({ finding, host }: ProbeSearch): DiagnosisPart {
  return { finding: finding && finding - 1, host: host && host - 1 };
}

export function searchOfPart({ finding, host }: DiagnosisPart): ProbeSearch {
  return { finding: finding === undefined ? undefined : finding + 1, host: host === undefined ? undefined : host + 1 };
}

function ordinalOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1000 ? value : undefined;
}
