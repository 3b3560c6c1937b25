/**
 * Text from a peer or a log, made safe to keep and to show: the one place where foreign bytes become a string.
 *
 * C0 and C1 controls, DEL, line and paragraph separators, bidirectional marks and zero-width characters become visible
 * `\xNN` or `\u{NNNN}` escapes; invalid UTF-8 becomes `\xNN` per byte. Text longer than the cap is cut and ends in `…`.
 * What comes out holds no character that moves a terminal's cursor or reorders a line; HTML escaping is the page's job.
 */

const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]/gu;

/** Nearly all text: what is in it stays as it is. */
const PLAIN = /^[ -~]*$/;

/** The default cap on one printable text, in UTF-16 code units. */
export const PRINTABLE_CAP = 1000;

/**
 * @param text bytes as received (read as UTF-8) or a string
 * @param cap most UTF-16 code units kept of the result; at least 1
 */
export function printable(text: string | Uint8Array, cap: number = PRINTABLE_CAP): string {
  // Never decode or escape more than could be shown: a byte makes at least one code unit of output.
  const whole = typeof text === "string" ? text.slice(0, cap + 1) : decode(text.subarray(0, 4 * (cap + 1)));
  const escaped = PLAIN.test(whole) ? whole : whole.replace(FORBIDDEN, escapeCharacter);
  if (escaped.length <= cap) return escaped;
  const end = isHighSurrogate(escaped.charCodeAt(cap - 2)) ? cap - 2 : cap - 1;
  return `${escaped.slice(0, Math.max(0, end))}…`;
}

/** True where `printable` would change nothing but the length. */
export function isPrintable(text: string): boolean {
  FORBIDDEN.lastIndex = 0;
  return !FORBIDDEN.test(text);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${hex(code)}` : `\\u{${code.toString(16)}}`;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    // Latin-1 keeps each byte visible; what is above ASCII is not text we can vouch for.
    let text = "";
    for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : `\\x${hex(byte)}`;
    return text;
  }
}
