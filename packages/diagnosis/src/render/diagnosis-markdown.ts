/** A shared diagnosis as Markdown for a ticket, addressed to a network engineer: what vanishes, where, how we know, what to change. */
import { type Audience, type Finding, isPractice, type MailHostObservation, type SharedDiagnosis } from "@mxray/contracts";
import { hopLabel, hostLabelWithAddress } from "../host-label.ts";
import { durationText } from "../number-text.ts";
import { markdownFence, markdownText } from "./markdown-text.ts";

const HEADINGS: Record<Audience, string> = {
  network: "What we ask the network team to do",
  receiver: "What whoever runs the mail host can do",
  sender: "What the sender can do meanwhile",
};
const ORDER = ["network", "receiver", "sender"] as const;
/** Of each audience so many remedies are printed in full. */
const REMEDIES_IN_FULL = 4;

export function renderDiagnosisMarkdown(shared: SharedDiagnosis): string {
  const { report, note } = shared;
  const [worst] = report.findings;
  const blocks = [
    `# ${markdownText(worst?.title ?? `Mail to ${report.target}`)}`,
    `Measured ${report.startedAt} from ${markdownText(report.vantage.host)} towards ${markdownText(report.target)}, in ${durationText(report.durationMs)}. This text was made ${shared.createdAt}.`,
    ...(isPractice(report.vantage) ? ["**Practice**: measured in mxray's practice lab; it says nothing about anybody's mail."] : []),
    ...(note === null ? [] : [`> ${markdownText(note)}`]),
    ...report.findings.flatMap((finding, index) => findingBlocks(finding, index === 0)),
    ...report.hosts.flatMap(hostBlocks),
    ...(shared.redacted ? ["Mail addresses and internal host names were taken out."] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function findingBlocks(finding: Finding, first: boolean): string[] {
  const blocks = first ? [] : [`## ${markdownText(finding.title)}`];
  blocks.push(`${markdownText(finding.summary)} (\`${finding.code}\`, ${finding.severity}, ${finding.confidence})`);
  if (finding.evidence.length > 0) {
    blocks.push(`### How we know`, finding.evidence.map(({ text, at }) => `- ${markdownText(text)} (${at})`).join("\n"));
  }
  for (const audience of ORDER) {
    const remedies = finding.remedies.filter((remedy) => remedy.audience === audience);
    if (remedies.length === 0) continue;
    blocks.push(`### ${HEADINGS[audience]}`);
    for (const remedy of remedies.slice(0, REMEDIES_IN_FULL)) {
      blocks.push(`**${markdownText(remedy.title)}** (${remedy.kind})`, markdownFence(remedy.steps));
      if (remedy.check !== "") blocks.push("To check that it worked:", markdownFence(remedy.check));
      if (remedy.sideEffects !== "") blocks.push(markdownText(remedy.sideEffects));
    }
    const others = remedies.slice(REMEDIES_IN_FULL);
    if (others.length > 0) blocks.push(`Also: ${others.map(({ title }) => markdownText(title)).join("; ")}.`);
  }
  return blocks;
}

function hostBlocks(host: MailHostObservation): string[] {
  const { path } = host;
  const blocks = [`## ${markdownText(hostLabelWithAddress(host))}`];
  blocks.push(
    table(
      ["Stage", "Outcome", "Time", "Reason"],
      host.stages
        .filter(({ cause }) => cause !== "not-wanted")
        .map(({ stage, outcome, ms, reason }) => [stage, outcome, durationText(ms), reason ?? ""]),
    ),
  );
  if (path.hops.length > 0) {
    blocks.push(
      table(
        ["Hop", "Router", "Small packets", "Large packets"],
        path.hops.map((hop) => [String(hop.ttl), hopLabel(hop), hop.small, hop.large]),
      ),
    );
  }
  if (path.lostBetween !== null) {
    const [before, after] = path.lostBetween;
    blocks.push(
      markdownText(`Packets of more than ${path.outbound.mtu} bytes become too big between ${hopLabel(before)} and ${hopLabel(after)}.`),
    );
  }
  if (path.outbound.rungs.length > 0) {
    blocks.push(
      table(
        ["Size (bytes)", "Of", "Outcome", "Time to acknowledgement"],
        path.outbound.rungs.map(({ size, unit, outcome, ms }) => [
          String(size),
          unit === "packet" ? "IP packet" : "message",
          outcome,
          durationText(ms),
        ]),
      ),
    );
  }
  return blocks;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
