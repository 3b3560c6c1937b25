/** What an agent sends is hostile text like any other: made printable before it is checked, so that no reader has to. */
import { printable } from "@mxray/contracts";

/** One more than any field of an agent's bodies may have: what is too long is refused and not cut. */
const MOST_TEXT = 20_001;

/** A JSON value with each text in it, names of fields included, made printable. */
export function cleaned(value: unknown): unknown {
  if (typeof value === "string") return printable(value, MOST_TEXT);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(cleaned);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [printable(name, MOST_TEXT), cleaned(each)]));
}
