/** What a probe did not do because its connections to a mail host were used up, as one sentence. */
import type { MailHostObservation } from "../probes/observation.ts";
import { LEFT_OUT_WORDS } from "../terms/probe-terms.ts";

/** Null where nothing was left out. */
export function leftOutText({ leftOut = [], connections }: Pick<MailHostObservation, "leftOut" | "connections">): string | null {
  if (leftOut.length === 0) return null;
  const used =
    connections === undefined ? "The probe's connections to this host" : `The probe's ${connections.length} connections to this host`;
  return `${used} are used up. Left out: ${leftOut.map((purpose) => LEFT_OUT_WORDS[purpose]).join("; ")}.`;
}
