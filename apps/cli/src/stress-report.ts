/** A stress run for a person. */
import { printable, STRESS_STAGES, type StressPercentiles, type StressRun } from "@mxray/contracts";

export function stressReport(run: StressRun): string {
  const { counts, rate, latencyMs, limit, calibration, stopped } = run;
  const failed = counts.deferred + counts.rejected + counts.reset + counts.timedOut;
  const lines = [
    `${run.target} (${run.address}): ${HEADLINES[limit.kind]}`,
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

const HEADLINES: Readonly<Record<StressRun["limit"]["kind"], string>> = {
  io: "its disk gave way first",
  cpu: "its CPU gave way first",
  memory: "its memory gave way first",
  processes: "it ran out of processes for connections first",
  files: "it ran out of open files first",
  sockets: "its queue of new connections overflowed first",
  concurrency: "it limits what one client may do",
  "content-filter": "its content filter is what messages wait for",
  dns: "each connection waits for something before the greeting, most often DNS",
  path: "the network path lost packets",
  generator: "the generator was the bottleneck; nothing is said about the target",
  unknown: "it has a limit, and what it is cannot be seen from here",
  none: "it kept up with the load",
};

function row(name: string, { p50, p90, p99, p999, max }: StressPercentiles): string {
  return `  ${name.padEnd(18)}${[p50, p90, p99, p999, max].map((ms) => (ms === null ? "–" : ms.toFixed(ms < 100 ? 1 : 0)).padStart(11)).join("")}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
