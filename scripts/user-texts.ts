/**
 * The texts in source code that a user may read: string literals, templates and text between tags; comments are not among them.
 * An import's path, a type's literal and a word alone (a code, a CSS class, an event's name) are not texts, so only strings with
 * a space between two words are given.
 */
import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";

export interface UserText {
  readonly line: number;
  /** White space is one space; a template's parts are joined with `…`. */
  readonly text: string;
}

/** @param path a TypeScript file; one that cannot be parsed is an error */
export function userTexts(path: string): UserText[] {
  const source = readFileSync(path, "utf8");
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const texts: UserText[] = [];
  const add = (start: number, raw: string) => {
    const text = raw.replace(/\s+/g, " ").trim();
    if (/\p{L} [\p{L}…]|… \p{L}/u.test(text) || /^\p{Lu}\p{Ll}+$/u.test(text))
      texts.push({ line: source.slice(0, start).split("\n").length, text });
  };
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === "string") add(node.start, node.value);
    },
    TemplateLiteral: (node) => add(node.start, node.quasis.map((quasi) => quasi.value.cooked ?? "").join("…")),
    JSXText: (node) => add(node.start, node.value),
  }).visit(program);
  return texts;
}
