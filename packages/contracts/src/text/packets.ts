/** What a probe sent of a chosen size, packet by packet, as a table for a spreadsheet or beside a capture. */
import type { MailHostObservation } from "../probes/observation.ts";
import type { Rung } from "../probes/path-observation.ts";

export const PACKET_COLUMNS = [
  "Time (UTC)",
  "Connection",
  "Size (bytes)",
  "Of",
  "DF",
  "Outcome",
  "Time to outcome (ms)",
  "Sent again",
  "Small segment behind it acknowledged (SACK)",
  "TLS",
  "ICMP",
] as const;

/** TCP does not report to a program which ICMP message shortened its segments, only that one did. */
const ICMP = { seen: "fragmentation needed, acted on by the kernel", unseen: "not visible to TCP here" } as const;

/** One row for each rung, in the order in which they were sent. @param startedAt of the probe, RFC 3339 */
export function packetRows({ path, family }: Pick<MailHostObservation, "path" | "family">, startedAt: string): string[][] {
  const start = Date.parse(startedAt);
  return path.outbound.rungs
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, connection, size, unit, outcome, ms, retransmits, sacked, tls }) => [
      new Date(start + at).toISOString(),
      String(connection),
      String(size),
      unit === "packet" ? "IP packet" : "message",
      dfOf(family, outcome),
      outcome,
      String(ms),
      String(retransmits),
      sacked ? "yes" : "no",
      tls ? "yes" : "no",
      outcome === "resized" ? ICMP.seen : ICMP.unseen,
    ]);
}

/** RFC 4180. Every cell is a number, a time or a word of ours. */
export function packetsCsv(host: Pick<MailHostObservation, "path" | "family">, startedAt: string): string {
  return [PACKET_COLUMNS, ...packetRows(host, startedAt)].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function dfOf(family: 4 | 6, outcome: Rung["outcome"]): string {
  // Routers never split packets of IPv6.
  if (family === 6) return "IPv6";
  return outcome === "released" ? "set, then cleared" : "set";
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
