/**
 * Takes the names of the machine that probed out of texts. A mail host repeats them in forms of its choice: within longer words, in
 * other case, with escaped bytes in between, reversed, as hexadecimal digits, or cut off where a long line was cut.
 *
 * Names of the mail hosts that a diagnosis is about stay, even if they contain one of ours.
 */
import { canonicalAddress, type ProbeReport } from "@mxray/contracts";

export const SENDER = "sender";
/** Fewer characters of a cut name say nothing. */
const LEAST_CUT = 3;
/** What `printable` and a careless host put between two characters. */
const BETWEEN = String.raw`(?:\\x[0-9a-f]{2}|\\u\{[0-9a-f]{1,6}\}|\\)*`;
const NAME_CHARACTER = /[A-Za-z0-9._\-\\]/;
/** Second labels below which names are handed out, as in `co.uk`. */
const PUBLIC_LABELS: ReadonlySet<string> = new Set(["ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"]);

export interface OwnNames {
  /** For what one side of a session said: every form of a name, its first label and its domain. */
  readonly cleanSaid: (text: string) => string;
  /** For all other texts: full names only. A first label is a word like any other there ("mail", "mx"). */
  readonly clean: (text: string) => string;
}

export function ownNames(report: ProbeReport): OwnNames {
  const names = namesGiven(report);
  const subjects = subjectNames(report);
  const full = names.filter((name) => name.includes("."));
  const labels = names.map((name) => name.split(".")[0] ?? "").filter((label) => label.length > 1);
  const domains = full.flatMap((name) => domainOf(name, subjects));
  const cleanFull = full.flatMap((name) => [everywhere(name, subjects), cut(name, name.indexOf(".") + 2)]);
  const clean = inTurn(cleanFull);
  return {
    clean,
    cleanSaid: inTurn([
      ...cleanFull,
      ...full.map((name) => cut(name, LEAST_CUT)),
      ...domains.map((domain) => everywhere(domain, subjects)),
      ...[...names.filter((name) => !name.includes(".")), ...labels].map(asWord),
    ]),
  };
}

/** The machine's name, and the names that it gave in EHLO: the longest first. */
function namesGiven({ vantage, hosts }: ProbeReport): string[] {
  const names = new Set([vantage.host]);
  for (const { transcript } of hosts) {
    for (const { dir, text } of transcript) {
      const said = dir === ">" ? /^(?:EHLO|HELO) (\S+)/i.exec(text)?.[1] : undefined;
      if (said !== undefined && canonicalAddress(said.replace(/^\[|\]$/g, "")) === null) names.add(said);
    }
  }
  return [...names].filter((name) => name.length > 1).toSorted((a, b) => b.length - a.length);
}

/** In lower case: what the diagnosis is about. */
function subjectNames({ target, resolution, hosts }: ProbeReport): ReadonlySet<string> {
  const domain = target.slice(target.lastIndexOf("@") + 1).replace(/:\d+$/, "");
  const names = [domain, ...resolution.records.map(({ exchange }) => exchange), ...hosts.flatMap(({ name }) => name ?? [])];
  return new Set(names.map((name) => name.toLowerCase().replace(/\.$/, "")));
}

/** The domain of a name, unless the diagnosis is about it or names of strangers end like it. */
function domainOf(name: string, subjects: ReadonlySet<string>): string[] {
  const [, ...labels] = name.replace(/\.$/, "").split(".");
  const domain = labels.join(".").toLowerCase();
  if (labels.length < 2 || PUBLIC_LABELS.has(labels.at(-2) ?? "")) return [];
  return [...subjects].some((subject) => subject === domain || subject.endsWith(`.${domain}`)) ? [] : [domain];
}

function inTurn(changes: readonly ((text: string) => string)[]): (text: string) => string {
  return (text) => changes.reduce((changed, change) => change(changed), text);
}

/** Takes a name out wherever it is, except of the name of a subject. */
function everywhere(name: string, subjects: ReadonlySet<string>): (text: string) => string {
  const forms = [name, [...name].toReversed().join(""), Buffer.from(name).toString("hex"), Buffer.from(name.toLowerCase()).toString("hex")];
  const pattern = new RegExp(forms.map((form) => [...form].map(escapeRegExp).join(BETWEEN)).join("|"), "gi");
  return (text) => text.replace(pattern, (found, at: number) => (subjects.has(wordAround(text, at, found.length)) ? found : SENDER));
}

/** Takes a name out where it is a word by itself. */
function asWord(name: string): (text: string) => string {
  const pattern = new RegExp(`(?<![A-Za-z0-9._-])${[...name].map(escapeRegExp).join(BETWEEN)}(?![A-Za-z0-9_-]|\\.[A-Za-z0-9_-])`, "gi");
  return (text) => text.replace(pattern, SENDER);
}

/** Takes out what a cut left of a name: its beginning before a cut, its end behind one. @param least characters */
function cut(name: string, least: number): (text: string) => string {
  const characters = [...name].map(escapeRegExp);
  const [first = "", ...further] = characters;
  if (name.length <= least) return (text) => text;
  const start = optionalFrom(least - 1, further, (character, rest) => `${BETWEEN}${character}${rest}`);
  const [last = "", ...before] = characters.toReversed();
  const end = optionalFrom(least - 1, before, (character, rest) => `${rest}${character}${BETWEEN}`);
  const pattern = new RegExp(`${first}${start}${BETWEEN}(?=…)|(?<=…)${BETWEEN}${end}${last}`, "gi");
  return (text) => text.replace(pattern, SENDER);
}

/** A pattern for at least `least` of these characters in their order, as many as there are. */
function optionalFrom(least: number, characters: readonly string[], join: (character: string, rest: string) => string): string {
  return characters.reduceRight((rest, character, index) => (index < least ? join(character, rest) : `(?:${join(character, rest)})?`), "");
}

/** The host name that a place in a text belongs to, in lower case. */
function wordAround(text: string, at: number, length: number): string {
  let [from, to] = [at, at + length];
  while (from > 0 && NAME_CHARACTER.test(text[from - 1] ?? "")) from -= 1;
  while (to < text.length && NAME_CHARACTER.test(text[to] ?? "")) to += 1;
  return text.slice(from, to).toLowerCase().replace(/\.$/, "");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
