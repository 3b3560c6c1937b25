/**
 * What a reading of mail logs found, for a person at a terminal: the findings first, then what the log holds in numbers and
 * the peers with the most trouble. Everything foreign in it was made printable when it was read.
 */
import { type PeerStatistics, printable, type ScanSummary } from "@mxray/contracts";
import { countText, durationText, listText } from "../number-text.ts";
import { findingText } from "./finding-text.ts";
import { type Ink, inkFor } from "./ink.ts";
import type { ReportTextOptions } from "./report-text.ts";
import { wrappedText } from "./wrapped-text.ts";

const FILES_NAMED = 4;
const FINDINGS_SHOWN = 12;
const PEERS_SHOWN = 12;
const BYTE_COUNTS_SHOWN = 6;

export function renderScanText(summary: ScanSummary, { width, colour }: ReportTextOptions): string {
  const ink = inkFor(colour);
  const sections = [
    wrappedText(headline(summary), width),
    ...findingTexts(summary, ink, width),
    ...(summary.findings.length === 0 && summary.recognised > 0 ? [ink.good("● No problems in this log.")] : []),
    deliveryText(summary, width),
    peerTable(summary, ink, width),
    botsText(summary, width),
    dataBytesText(summary, width),
    notUnderstoodText(summary, ink, width),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** What to type is the same for all peers with one kind of trouble but for their names: it stands with the first. */
function findingTexts({ findings }: ScanSummary, ink: Ink, width: number): string[] {
  const told = new Set<string>();
  const texts = findings.slice(0, FINDINGS_SHOWN).map((finding) => {
    const first = !told.has(finding.code);
    told.add(finding.code);
    return findingText(finding, ink, width, first);
  });
  const left = findings.length - texts.length;
  return left > 0 ? [...texts, wrappedText(`And ${countText(left, "more finding")}; --json --full has them all.`, width)] : texts;
}

function headline({ files, lines, recognised, from, to, elapsedMs }: ScanSummary): string {
  const named = files.slice(0, FILES_NAMED).map((file) => (file === "-" ? "standard input" : printable(file, 200)));
  const more = files.length - named.length;
  const what = listText(more > 0 ? [...named, countText(more, "more file")] : named);
  const when = from === null || to === null ? "" : `, from ${minuteText(from)} to ${minuteText(to)} UTC`;
  return `${what}: ${countText(lines, "line")} read in ${durationText(elapsedMs)}, ${recognised} of them written by a mail program${when}`;
}

/** `2026-01-05 04:11` */
function minuteText(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function deliveryText({ deliveries, events, recognised }: ScanSummary, width: number): string {
  if (recognised === 0) return "";
  const { sent, deferred, bounced, expired } = deliveries;
  const other = Object.entries(events)
    .filter(([event]) => event !== "delivery")
    .sort(([, a], [, b]) => b - a)
    .map(([event, count]) => `${event} ${count}`);
  const lines = [wrappedText(`deliveries: ${sent} sent, ${deferred} deferred, ${bounced} bounced, ${expired} expired`, width, "", "  ")];
  if (other.length > 0) lines.push(wrappedText(`other events: ${other.join(", ")}`, width, "", "  "));
  return lines.join("\n");
}

/** Those with failures, the worst first. */
function peerTable({ peers }: ScanSummary, ink: Ink, width: number): string {
  const troubled = peers.filter(({ failed }) => failed > 0);
  if (troubled.length === 0) return "";
  const head = ["", "sent", "failed", "stalled", "largest sent", "smallest stalled"];
  const rows = troubled.slice(0, PEERS_SHOWN).map((peer) => [peerLabel(peer), ...peerNumbers(peer)]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const first = Math.max(20, Math.min(widths[0] ?? 0, width - 2 - widths.slice(1).reduce((sum, each) => sum + each + 2, 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.slice(0, first).padEnd(first) : cell.padStart(widths[column] ?? 0))).join("  ")}`;
  const left = troubled.length - rows.length;
  return [
    ink.bold("Peers with failures"),
    ink.faint(line(head)),
    ...rows.map(line),
    ...(left > 0 ? [ink.faint(`  and ${left} more with --json`)] : []),
  ].join("\n");
}

/** In one row, however many: they are never among those with the most trouble. */
function botsText({ bots }: ScanSummary, width: number): string {
  if (bots.peers === 0) return "";
  const text = `${countText(bots.peers, "client")} left out as ${bots.peers === 1 ? "a bot" : "bots"}: ${countText(bots.lost, "lost session")}, no delivery`;
  return wrappedText(text, width, "", "  ");
}

function peerLabel({ name, address, direction }: PeerStatistics): string {
  const who = name === null ? (address ?? "unknown") : `${name} [${address ?? "unknown"}]`;
  return `${direction === "inbound" ? "from" : "to"} ${who}`;
}

function peerNumbers({ sent, failed, stalled, largestSent, smallestStalled }: PeerStatistics): string[] {
  return [sent, failed, stalled, largestSent, smallestStalled].map((number) => (number === null ? "-" : String(number)));
}

function dataBytesText({ dataBytes }: ScanSummary, width: number): string {
  if (dataBytes.length === 0) return "";
  const often = [...dataBytes].sort((a, b) => b.count - a.count).slice(0, BYTE_COUNTS_SHOWN);
  const counts = often.map(({ bytes, count }) => `${countText(bytes, "byte")} ×${count}`);
  return wrappedText(`received before clients were lost in DATA: ${counts.join(", ")}`, width, "", "  ");
}

/** What mxray could not read of mail programs' lines, since a fault may be in them. */
function notUnderstoodText({ notUnderstood: { lines, programs } }: ScanSummary, ink: Ink, width: number): string {
  if (lines === 0) return "";
  const rows = programs.map(({ program, lines: count, example: { file, line, text } }) =>
    wrappedText(
      `${program}: ${countText(count, "line")}, for example ${file === "-" ? "" : `${file} `}line ${line}: ${text}`,
      width,
      "  ",
      "    ",
    ),
  );
  return [ink.bold(`Not understood: ${countText(lines, "line")} of mail programs`), ...rows].join("\n");
}
