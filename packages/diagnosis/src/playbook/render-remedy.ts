/** Fills a playbook entry in with measured facts; what is not known, or not safe in a command, stays a placeholder. */
import type { Remedy } from "@mxray/contracts";
import type { FamilyText, PlaybookEntry } from "./playbook-entry.ts";
import { isMeasured, NO_FACTS, PLACEHOLDERS, type Placeholder, placeholderText, type RemedyFacts } from "./remedy-facts.ts";

/** Whose address `peer-address` means. */
type Peer = "mail-host" | "sender";

export function renderRemedy(entry: PlaybookEntry, known: Partial<RemedyFacts>): Remedy {
  return renderRemedyOf(entry, { ...NO_FACTS, ...known });
}

/** The same where all facts are together: a log has tens of thousands of remedies. */
export function renderRemedyOf(entry: PlaybookEntry, facts: RemedyFacts): Remedy {
  // Who runs the mail host sees the sender at the other end; everyone else sees the mail host there.
  const peer = entry.audience === "receiver" ? "sender" : "mail-host";
  const { measured, rendered } = renderingOf(entry);
  const text = (name: Placeholder): string => placeholderText(name, facts, peer) ?? standIn(name, peer);
  const key = `${facts.family} ${measured.map(text).join(" ")}`;
  const before = rendered.get(key);
  if (before !== undefined) return before;
  const remedy = filledIn(entry, facts.family, text);
  if (rendered.size >= MOST_RENDERED) rendered.clear();
  rendered.set(key, remedy);
  return remedy;
}

interface Rendering {
  /** Placeholders of its texts that may be filled in. */
  readonly measured: readonly Placeholder[];
  /** By what they were filled in with: a log has thousands of findings, and most of their remedies are alike. */
  readonly rendered: Map<string, Remedy>;
}

/** Remedies that are remembered of one entry. */
const MOST_RENDERED = 64;
const RENDERINGS = new WeakMap<PlaybookEntry, Rendering>();

function renderingOf(entry: PlaybookEntry): Rendering {
  const known = RENDERINGS.get(entry);
  if (known !== undefined) return known;
  const { title, steps, undo, check, sideEffects } = entry;
  const texts = [title, steps, undo, check, sideEffects].flatMap((text) => (typeof text === "string" ? [text] : [text[4], text[6]]));
  const names = texts.flatMap((text) => partsOf(text).flatMap(({ name }) => (name === null ? [] : [name])));
  const fresh: Rendering = { measured: [...new Set(names)].filter(isMeasured), rendered: new Map() };
  RENDERINGS.set(entry, fresh);
  return fresh;
}

function filledIn(entry: PlaybookEntry, family: 4 | 6, textOf: (name: Placeholder) => string): Remedy {
  const fill = (text: FamilyText): string => fillTemplate(typeof text === "string" ? text : text[family], textOf);
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

function fillTemplate(template: string, textOf: (name: Placeholder) => string): string {
  // Joined, not added up: what is added up stays in memory in pieces.
  return partsOf(template)
    .map(({ words, name }) => (name === null ? words : words + textOf(name)))
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

function standIn(name: Placeholder, peer: Peer): string {
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
