/** PostgreSQL takes neither NUL nor half of a surrogate pair, written out or as an escape of JSON: they become U+FFFD. */
const ESCAPED = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

export function cleanParameter(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
  return text.includes("\\u") ? text.replace(ESCAPED, "$1\ufffd") : text;
}
