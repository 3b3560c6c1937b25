/** A stress run for a person: the report of the command line, and Markdown for a ticket. */
import {
  flowTime,
  printable,
  type SharedStress,
  STRESS_LIMIT_TITLES,
  STRESS_STAGES,
  type StressPercentiles,
  type StressRun,
} from "@mxray/contracts";
import { markdownFence, markdownText } from "./markdown-text.ts";

/** At most 100 columns, no control characters. */
export function renderStressText(run: StressRun): string {
  const { counts, rate, latencyMs, limit, calibration, stopped } = run;
  const failed = counts.deferred + counts.rejected + counts.reset + counts.timedOut;
  const lines = [
    `${run.target}${run.address === "" ? "" : ` (${run.address})`}: ${STRESS_LIMIT_TITLES[limit.kind]}`,
    ...limit.evidence.map((text) => `  ${text}`),
    ...(stopped === null ? [] : [`  Stopped early: ${stopped.text}`]),
    "",
    `  accepted ${count(counts.accepted)}, failed ${count(failed)} (4xx ${count(counts.deferred)}, 5xx ${count(counts.rejected)}, broken ${count(counts.reset)}, no answer ${count(counts.timedOut)})${counts.unsent > 0 ? `, never sent ${count(counts.unsent)}` : ""} in ${run.run.seconds.toFixed(1)} s`,
    `  offered ${rate.offered === null ? "as much as it took" : `${rate.offered.toFixed(1)}/s`}, achieved ${rate.achieved.toFixed(1)}/s; this machine can send ${calibration.rate.toFixed(0)}/s`,
    "",
    "  ms                     50 %       90 %       99 %     99.9 %    longest",
    row("from the due time", latencyMs.fromDue),
    row("from the start", latencyMs.fromStart),
    ...STRESS_STAGES.flatMap((stage) => {
      const percentiles = run.stagesMs[stage];
      return percentiles === undefined ? [] : [row(`  ${stage}`, percentiles)];
    }),
  ];
  if (run.answers.length > 0) {
    lines.push(
      "",
      "  Answers other than 2xx and 3xx:",
      ...run.answers.slice(0, 5).map(({ text, count: times }) => `  ${count(times)} × ${printable(text, 100)}`),
    );
  }
  if (limit.changes.length > 0) lines.push("", "  What to change, the mildest first:", ...limit.changes.map((text) => `  - ${text}`));
  return `${lines.join("\n")}\n`;
}

/** What a link to a stress run shows, in brief. */
export function renderStressMarkdown({ run, note }: SharedStress): string {
  const blocks = [
    `# Stress test of ${markdownText(run.target)}`,
    ...(note === null
      ? []
      : [
          note
            .split("\n")
            .map((line) => `> ${markdownText(line)}`)
            .join("\n"),
        ]),
    `Measured ${flowTime(run.run.startedAt)} in ${Math.round(run.run.seconds)} s.`,
    markdownFence(renderStressText(run).trimEnd()),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function row(name: string, { p50, p90, p99, p999, max }: StressPercentiles): string {
  return `  ${name.padEnd(18)}${[p50, p90, p99, p999, max].map((ms) => (ms === null ? "–" : ms.toFixed(ms < 100 ? 1 : 0)).padStart(11)).join("")}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
