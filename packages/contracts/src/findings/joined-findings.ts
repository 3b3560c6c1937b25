/**
 * One fault of several addresses of a host is one finding: same cause, host name and port. What has no host name is about its
 * address alone. Its subjects are the addresses; the first is the worst and surest.
 */
import type { Evidence, Finding, Remedy, Subject } from "../finding.ts";
import { CONFIDENCES, severityRank } from "../terms/finding-terms.ts";

/** What it says of so many addresses in full. */
const SUMMARIES = 4;
const SENTENCE_END = /(?<=[.!?]) (?=\p{Lu})/u;

/** The same text for findings that are one. Host names are compared without case. */
export function findingIdentity({ code, subject }: Pick<Finding, "code" | "subject">): string {
  return JSON.stringify([code, ...identityOfSubject(subject)]);
}

/** Of the subject alone: host name, else address, and port. */
export function identityOfSubject({ host, address, port }: Subject): [string | null, string | null, number | null] {
  return [host?.toLowerCase() ?? null, host === null ? address : null, port];
}

/** The findings in their order, those that are one joined at the place of the first. */
export function joinFindings(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, findingIdentity).values()].map(joined);
}

function joined(group: readonly Finding[]): Finding {
  const [lead, ...others] = group.toSorted(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence),
  );
  if (lead === undefined) throw new Error("A group of findings has none.");
  if (others.length === 0) return lead;
  const all = [lead, ...others];
  return {
    ...lead,
    subjects: all.flatMap(({ subjects }) => subjects),
    since: all.map(({ since }) => since).toSorted()[0] ?? lead.since,
    firstSeen: all.map(({ firstSeen }) => firstSeen).toSorted()[0] ?? lead.firstSeen,
    summary: summaryOf(all),
    absorbs: [...new Set(all.flatMap(({ absorbs }) => absorbs))],
    evidence: all.flatMap(evidenceOf),
    remedies: remediesOf(all),
  };
}

/** Each sentence once; one that is not true of all says of which addresses it is. */
function summaryOf(all: readonly Finding[]): string {
  if (new Set(all.map(({ summary }) => summary)).size === 1) return all[0]?.summary ?? "";
  const shown = all.slice(0, SUMMARIES).map((each) => ({ address: addressOf(each), sentences: each.summary.split(SENTENCE_END) }));
  const distinct = [...new Set(shown.flatMap(({ sentences }) => sentences))];
  const told = distinct.map((sentence) => {
    const about = shown.filter(({ sentences }) => sentences.includes(sentence));
    return about.length === shown.length ? sentence : `${about.map(({ address }) => address).join(", ")}: ${sentence}`;
  });
  const more = all.length - shown.length;
  return [...told, ...(more > 0 ? [`${more} further addresses have the same fault; the evidence lists them.`] : [])].join(" ");
}

function evidenceOf(finding: Finding): Evidence[] {
  const address = addressOf(finding);
  return finding.evidence.map((row) => ({ ...row, text: `${address}: ${row.text}`, data: { ...row.data, address } }));
}

/** What is typed differently for another address says for which. */
function remediesOf(all: readonly Finding[]): Remedy[] {
  const each = all.flatMap((finding) => finding.remedies.map((remedy) => ({ remedy, address: addressOf(finding) })));
  return [...Map.groupBy(each, ({ remedy }) => remedy.id).values()].flatMap((same) => {
    const texts = new Map(same.toReversed().map((one) => [`${one.remedy.steps}\n${one.remedy.undo}\n${one.remedy.check}`, one]));
    const different = [...texts.values()].toReversed();
    return different.length === 1
      ? different.map(({ remedy }) => remedy)
      : different.map(({ remedy, address }) => ({ ...remedy, title: `${remedy.title} (${address})` }));
  });
}

/** One remedy, typed once or, where that differs, for each of several addresses. */
export interface RemedyForms {
  readonly title: string;
  readonly forms: readonly { readonly address: string | null; readonly remedy: Remedy }[];
}

/** Puts together again what a joined finding lists for each address. */
export function remedyForms(remedies: readonly Remedy[]): RemedyForms[] {
  return [...Map.groupBy(remedies, ({ id }) => id).values()].map((same) => {
    const forms = same.map((remedy) => ({ remedy, parts: / \(([^()]+)\)$/.exec(remedy.title) }));
    const several = forms.length > 1;
    const [first] = forms;
    return {
      title: several && first?.parts != null ? first.remedy.title.slice(0, first.parts.index) : (first?.remedy.title ?? ""),
      forms: forms.map(({ remedy, parts }) => ({ remedy, address: several ? (parts?.[1] ?? null) : null })),
    };
  });
}

function addressOf({ subject }: Finding): string {
  return subject.address ?? subject.host ?? "this machine";
}
