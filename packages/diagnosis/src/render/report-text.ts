/**
 * A probe's report for a person at a terminal: what was concluded first, then how it is known, what to type, and what each
 * host did. Everything foreign in it is printable.
 */
import {
  hostLabelWithAddress,
  leftOutText,
  type MailHostObservation,
  type ProbeReport,
  type Rung,
  type StageOutcome,
} from "@mxray/contracts";
import { durationText } from "../number-text.ts";
import { findingText } from "./finding-text.ts";
import { type Ink, inkFor } from "./ink.ts";
import { pathText } from "./path-text.ts";
import { wrappedText } from "./wrapped-text.ts";

export interface ReportTextOptions {
  /** Columns; lines are broken there, commands to paste are not. */
  readonly width: number;
  readonly colour: boolean;
}

export function renderReportText(report: ProbeReport, { width, colour }: ReportTextOptions): string {
  const ink = inkFor(colour);
  const sections = [
    wrappedText(`${report.target}: probed from ${report.vantage.host} in ${durationText(report.durationMs)}`, width),
    resolutionText(report, width),
    report.domain === null ? "" : wrappedText(report.domain.sentence, width),
    ...report.findings.map((finding) => findingText(finding, ink, width)),
    ...report.hosts.map((host) => hostText(host, ink, width)),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function resolutionText({ resolution }: ProbeReport, width: number): string {
  const { kind, records, error } = resolution;
  switch (kind) {
    case "mx":
      return wrappedText(`MX: ${records.map(({ preference, exchange }) => `${preference} ${exchange}`).join(", ")}`, width, "", "    ");
    case "implicit-mx":
      return wrappedText("No MX record: the domain's own address takes its mail (RFC 5321, section 5.1).", width);
    case "null-mx":
    case "none":
      return error === null ? "" : wrappedText(error, width);
    case "address":
      return "";
  }
}

function hostText(host: MailHostObservation, ink: Ink, width: number): string {
  const lines = [ink.bold(wrappedText(hostLabelWithAddress(host), width))];
  const stages = host.stages.filter(({ outcome, cause }) => !(outcome === "skipped" && cause === "not-wanted"));
  lines.push(stageLine(stages, ink, width));
  for (const { stage, outcome, reason } of stages) {
    if (reason !== null && outcome !== "ok" && outcome !== "skipped") lines.push(wrappedText(`${stage}: ${reason}`, width, "  ", "    "));
  }
  const path = pathText(host);
  if (path !== null) lines.push(wrappedText(`path: ${path}`, width, "  ", "    "));
  const leftOut = leftOutText(host);
  if (leftOut !== null) lines.push(wrappedText(leftOut, width, "  ", "    "));
  lines.push(...ladderLines(host, ink, width));
  return lines.join("\n");
}

function stageLine(stages: MailHostObservation["stages"], ink: Ink, width: number): string {
  const words: { readonly plain: string; readonly shown: string }[] = stages.map(({ stage, outcome, ms }) => {
    const plain = `${STAGE_MARKS[outcome]} ${stage}${outcome === "ok" && ms >= 100 ? ` ${durationText(ms)}` : ""}`;
    return { plain, shown: stageInk(ink, outcome)(plain) };
  });
  const lines: string[] = [];
  let shown = "  ";
  let length = 2;
  for (const word of words) {
    if (length > 2 && length + 2 + word.plain.length > width) {
      lines.push(shown);
      shown = "  ";
      length = 2;
    }
    shown += length > 2 ? `  ${word.shown}` : word.shown;
    length += (length > 2 ? 2 : 0) + word.plain.length;
  }
  lines.push(shown);
  return lines.join("\n");
}

const STAGE_MARKS: Record<StageOutcome, string> = { ok: "✔", failed: "✖", stalled: "…", refused: "✖", skipped: "-", "not-tested": "-" };

function stageInk(ink: Ink, outcome: StageOutcome): (text: string) => string {
  switch (outcome) {
    case "ok":
      return ink.good;
    case "failed":
    case "refused":
      return ink.bad;
    case "stalled":
      return ink.odd;
    case "skipped":
    case "not-tested":
      return ink.faint;
  }
}

/** The rungs by size, packets first: one row each, with a bar as long as the size. */
function ladderLines({ path }: MailHostObservation, ink: Ink, width: number): string[] {
  const rungs = [...path.outbound.rungs].sort((a, b) => a.unit.localeCompare(b.unit) || a.size - b.size || a.at - b.at);
  if (rungs.length === 0) return [];
  const seen = new Map<string, Rung & { times: number }>();
  for (const rung of rungs) {
    const key = `${rung.unit} ${rung.size} ${rung.outcome}`;
    const known = seen.get(key);
    seen.set(key, { ...(known ?? rung), times: (known?.times ?? 0) + 1 });
  }
  const rows = [...seen.values()];
  const largest = { packet: 0, payload: 0 };
  for (const { unit, size } of rows) largest[unit] = Math.max(largest[unit], size);
  const room = Math.max(0, Math.min(30, width - 46));
  return [
    "  ladder",
    ...rows.map(({ unit, size, outcome, ms, times }) => {
      const bar = "█".repeat(Math.round((room * size) / largest[unit]));
      const passed = outcome === "acked" || outcome === "resized";
      const colour = passed ? ink.good : outcome === "released" || outcome === "stalled" ? ink.bad : ink.odd;
      const what = `${String(size).padStart(6)} ${unit === "packet" ? "bytes packet " : "bytes of mail"}`;
      return `  ${what}  ${colour(`${outcome}${times > 1 ? ` ×${times}` : ""}`.padEnd(12))} ${durationText(ms).padStart(8)} ${colour(bar)}`;
    }),
  ];
}
