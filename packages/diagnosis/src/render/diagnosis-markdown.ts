/** A shared diagnosis as Markdown for a ticket: the verdict in plain words, what its reader is asked to do, the numbers, then the proof. */
import {
  type Ask,
  type Audience,
  askOf,
  type Finding,
  flowLines,
  flowTime,
  hostLabel,
  type MailHostObservation,
  type Remedy,
  reproduceCommands,
  type SharedDiagnosis,
} from "@mxray/contracts";
import { durationText } from "../number-text.ts";
import { comparisonBlocks } from "./comparison-markdown.ts";
import { hostBlocks, stageMatrixBlocks } from "./host-markdown.ts";
import { markdownFence, markdownTable, markdownText } from "./markdown-text.ts";
import { vantageBlocks } from "./vantages-markdown.ts";

const ASKED: Record<Audience, string> = {
  network: "What we ask the network team to do",
  receiver: "What we ask the mail host's operator to do",
  sender: "What the sender has to do",
};
const OTHERS: Record<Audience, string> = {
  network: "What the network team can do",
  receiver: "What the mail host's operator can do",
  sender: "What the sender can do in the interim",
};
const ORDER = ["network", "receiver", "sender"] as const;
/** Of each step so many remedies are printed in full: a ticket has to be read. */
const REMEDIES_IN_FULL = 1;
const TITLES = 3;

export function renderDiagnosisMarkdown(shared: SharedDiagnosis): string {
  const { report, note, comparison, vantages } = shared;
  const [worst, ...others] = report.findings;
  const ask = worst === undefined ? null : askOf(report, worst);
  const blocks = [
    `# ${markdownText(worst?.title ?? `Mail to ${report.target}`)}`,
    ...(report.vantage.practice === true ? ["**Practice**: measured in mxray's practice lab; these results are not about real mail."] : []),
    ...(note === null ? [] : [`> ${markdownText(note)}`]),
    ...(report.domain === null ? [] : [markdownText(report.domain.sentence)]),
    ...(worst === undefined ? [] : [summaryOf(worst)]),
    ...(ask === null ? [] : askBlocks(ask)),
    `Measured ${flowTime(report.startedAt)} from ${markdownText(report.vantage.host)} to ${markdownText(report.target)}, in ${durationText(report.durationMs)}. Shared ${flowTime(shared.createdAt)}.`,
    ...(vantages === null ? [] : vantageBlocks(vantages)),
    ...(comparison === null ? [] : comparisonBlocks(comparison)),
    ...(worst === undefined ? [] : [...evidenceBlocks(worst, "##"), ...remedyBlocks(worst, ask)]),
    ...others.flatMap(otherBlocks),
    ...report.hosts.flatMap(reproduceBlocks),
    ...stageMatrixBlocks(report),
    ...report.hosts.flatMap(hostBlocks),
    ...(shared.redacted ? ["Mail addresses and internal host names were taken out."] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function otherBlocks(finding: Finding): string[] {
  const { title, explainedBy } = finding;
  const head = [`## ${markdownText(title)}`, summaryOf(finding)];
  return explainedBy === undefined
    ? [...head, ...evidenceBlocks(finding, "###"), ...remedyBlocks(finding, null)]
    : [...head, `Explained by \`${explainedBy}\`.`];
}

function summaryOf({ summary, code, severity, confidence }: Finding): string {
  return `${markdownText(summary)} (\`${code}\`, ${severity}, ${confidence})`;
}

function askBlocks({ audience, steps, numbers }: Ask): string[] {
  const blocks = [`## ${ASKED[audience]}`, markdownTable(["Measured", ""], numbers)];
  for (const [index, { text, remedies }] of steps.entries()) {
    blocks.push(`**Step ${index + 1}.** ${markdownText(text)}`, ...remediesInShort(remedies));
  }
  return blocks;
}

function evidenceBlocks({ evidence }: Finding, level: "##" | "###"): string[] {
  if (evidence.length === 0) return [];
  return [`${level} How we know`, evidence.map(({ text }) => `- ${markdownText(text)}`).join("\n")];
}

/** Where commands run without root. */
const ENDS: readonly string[] = ["the sender", "the mail host"];

/** The flow of each host that has a black hole, and the commands that show it from either end; the page of a share has all systems. */
function reproduceBlocks(host: MailHostObservation): string[] {
  const commands = reproduceCommands(host).filter(({ system, where }) => system === "Linux" && ENDS.includes(where));
  if (commands.length === 0) return [];
  // The sender is who opens the ticket: commands are its own where nothing else is said.
  const named = commands.some(({ where }) => where !== ENDS[0]);
  const typed = ENDS.flatMap((end) => {
    const there = commands.filter(({ where }) => where === end).map(({ command, expect }) => `# ${expect}\n${command}`);
    return there.length > 0 && named ? [`## On ${end}`, ...there] : there;
  }).join("\n");
  return [`## Reproduce: ${markdownText(hostLabel(host))}`, flowLines(host).map(markdownText).join("  \n"), markdownFence(typed)].filter(
    (block) => block !== "",
  );
}

/** @param ask what stands above already */
function remedyBlocks({ remedies }: Finding, ask: Ask | null): string[] {
  return ORDER.filter((audience) => audience !== ask?.audience).flatMap((audience) => {
    const theirs = remedies.filter((remedy) => remedy.audience === audience);
    return theirs.length === 0 ? [] : [`### ${OTHERS[audience]}`, titlesOf(theirs)];
  });
}

/** The first in full, the others by title. */
function remediesInShort(remedies: readonly Remedy[]): string[] {
  const blocks: string[] = [];
  for (const { title, kind, steps } of remedies.slice(0, REMEDIES_IN_FULL)) {
    blocks.push(`**${markdownText(title)}** (${kind})`, markdownFence(steps));
  }
  const others = remedies.slice(REMEDIES_IN_FULL);
  return others.length === 0 ? blocks : [...blocks, `Also: ${titlesOf(others)}`];
}

/** The first few titles, each once: many differ in their system only. */
function titlesOf(remedies: readonly Remedy[]): string {
  const titles = [...new Set(remedies.map(({ title }) => markdownText(title)))];
  const more = titles.length - TITLES;
  return `${titles.slice(0, TITLES).join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}
