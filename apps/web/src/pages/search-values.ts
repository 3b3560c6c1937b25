/** Values from the address of a page, which anybody may have written: what is no such value counts as left out. */

export function oneOf<const T extends string>(values: readonly T[], given: unknown): T | undefined {
  return values.find((value) => value === given);
}

/** Text of at most this many characters. Numbers are text that the router has read. */
export function textOf(given: unknown, most: number): string | undefined {
  const text = typeof given === "string" || typeof given === "number" ? String(given).slice(0, most) : "";
  return text === "" ? undefined : text;
}
