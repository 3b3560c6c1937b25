/** Fills a playbook entry in with measured facts; what is not known, or not safe in a command, stays a placeholder. */
import type { Remedy } from "@mxray/contracts";
import type { FamilyText, PlaybookEntry } from "./playbook-entry.ts";
import { NO_FACTS, PLACEHOLDERS, type Placeholder, placeholderText, type RemedyFacts } from "./remedy-facts.ts";

export function renderRemedy(entry: PlaybookEntry, known: Partial<RemedyFacts>): Remedy {
  const facts = { ...NO_FACTS, ...known };
  // Who runs the mail host sees the sender at the other end; everyone else sees the mail host there.
  const peer = entry.audience === "receiver" ? "sender" : "mail-host";
  const fill = (text: FamilyText): string => fillTemplate(typeof text === "string" ? text : text[facts.family], facts, peer);
  return {
    id: entry.id,
    kind: entry.kind,
    audience: entry.audience,
    platform: entry.platform,
    title: fill(entry.title),
    steps: fill(entry.steps),
    undo: fill(entry.undo),
    check: fill(entry.check),
    reference: entry.reference,
    sideEffects: fill(entry.sideEffects),
  };
}

function fillTemplate(template: string, facts: RemedyFacts, peer: "mail-host" | "sender"): string {
  // Joined, not added up: what is added up stays in memory in pieces.
  return partsOf(template)
    .map(({ words, name }) => (name === null ? words : words + (placeholderText(name, facts, peer) ?? standIn(name, peer))))
    .join("");
}

interface TemplatePart {
  readonly words: string;
  /** What follows the words; null at the end. */
  readonly name: Placeholder | null;
}

/** By template: a log has thousands of findings, the playbook a few hundred texts. */
const PARTS = new Map<string, readonly TemplatePart[]>();

function partsOf(template: string): readonly TemplatePart[] {
  const known = PARTS.get(template);
  if (known !== undefined) return known;
  // Words and names in turn.
  const pieces = template.split(/\{\{([a-z-]+)\}\}/);
  const parts = pieces.flatMap((words, index) => (index % 2 === 0 ? [{ words, name: placeholderOf(pieces[index + 1]) }] : []));
  PARTS.set(template, parts);
  return parts;
}

function placeholderOf(name: string | undefined): Placeholder | null {
  if (name === undefined) return null;
  if (!isPlaceholder(name)) throw new Error(`The playbook has no placeholder {{${name}}}.`);
  return name;
}

function standIn(name: Placeholder, peer: "mail-host" | "sender"): string {
  switch (name) {
    case "peer-address":
      return peer === "mail-host" ? "<MAIL-HOST-ADDRESS>" : "<SENDER-ADDRESS>";
    case "peer-prefix":
      return peer === "mail-host" ? "<MAIL-HOST-ADDRESS/PREFIX-LENGTH>" : "<SENDER-ADDRESS/PREFIX-LENGTH>";
    default:
      return `<${name.toUpperCase()}>`;
  }
}

function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}
