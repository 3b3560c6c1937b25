/** What probes from several vantages show together, in sentences: for tickets and reports. */
import type { VantageComparison } from "../probes/vantage-comparison.ts";
import { hostLabelWithAddress } from "./host-label.ts";

/** One line for each mail host; the host is named where there are several. */
export function vantageLines({ hosts }: VantageComparison): string[] {
  return hosts.map((host) => {
    const sentences = [host.sentence, ...(host.span === null ? [] : [host.span.sentence])].join(" ");
    return hosts.length === 1 ? sentences : `${hostLabelWithAddress(host)}: ${sentences}`;
  });
}
