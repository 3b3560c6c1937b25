/** What an agent sends is hostile text like any other: made printable before it is checked, so that no reader has to. */
import { printable } from "@mxray/contracts";
import { Refusal } from "../refusal.ts";

/** One more than any field of an agent's bodies may have: what is too long is refused and not cut. */
const MOST_TEXT = 20_001;

/** More than any of these bodies has. */
const MOST_DEPTH = 50;

/** A JSON value with each text in it, names of fields included, made printable. @throws Refusal `invalid-request` */
export function cleaned(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return printable(value, MOST_TEXT);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MOST_DEPTH) throw new Refusal("invalid-request", "The request's body is nested too deeply.");
  if (Array.isArray(value)) return value.map((each) => cleaned(each, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [printable(name, MOST_TEXT), cleaned(each, depth + 1)]));
}
