/** A shared diagnosis as Markdown for a ticket, addressed to a network engineer: what vanishes, where, how we know, what to change. */
import { type Audience, type Finding, isPractice, type SharedDiagnosis } from "@mxray/contracts";
import { durationText } from "../number-text.ts";
import { comparisonBlocks } from "./comparison-markdown.ts";
import { hostBlocks, stageMatrixBlocks } from "./host-markdown.ts";
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
  const { report, note, comparison } = shared;
  const [worst] = report.findings;
  const blocks = [
    `# ${markdownText(worst?.title ?? `Mail to ${report.target}`)}`,
    `Measured ${report.startedAt} from ${markdownText(report.vantage.host)} towards ${markdownText(report.target)}, in ${durationText(report.durationMs)}. This text was made ${shared.createdAt}.`,
    ...(isPractice(report.vantage) ? ["**Practice**: measured in mxray's practice lab; it says nothing about anybody's mail."] : []),
    ...(note === null ? [] : [`> ${markdownText(note)}`]),
    ...(comparison === null ? [] : comparisonBlocks(comparison)),
    ...report.findings.flatMap((finding, index) => findingBlocks(finding, index === 0)),
    ...stageMatrixBlocks(report),
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
