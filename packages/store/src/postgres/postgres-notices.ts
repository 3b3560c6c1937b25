/**
 * Texts as notices: PostgreSQL carries less than 8,000 bytes in one, so a text is sent in parts, which arrive in order.
 *
 * Source: https://www.postgresql.org/docs/current/sql-notify.html
 */

/** ASCII characters of a text in one part. */
const PART = 7500;

/**
 * @param sender of letters, digits and dashes
 * @param number of the text, different for each text of a sender
 */
export function noticeParts(sender: string, number: number, text: string): string[] {
  const ascii = JSON.stringify(text).replace(/[^ -~]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const count = Math.ceil(ascii.length / PART);
  return Array.from(
    { length: count },
    (_, index) => `${sender} ${number} ${index + 1}/${count} ${ascii.slice(index * PART, (index + 1) * PART)}`,
  );
}

/** Puts the texts of others together again. */
export class NoticeParts {
  readonly #self: string;
  /** Of each sender, the text that is arriving. */
  readonly #arriving = new Map<string, { readonly number: string; text: string; parts: number }>();

  /** @param self whose own texts are left out */
  constructor(self: string) {
    this.#self = self;
  }

  /** The text that this part completes; null where it completes none, or is no part of one. */
  add(payload: string): string | null {
    const found = /^([\w-]+) ([0-9]+) ([0-9]+)\/([0-9]+) (.*)$/s.exec(payload);
    if (found === null) return null;
    const [, sender = "", number = "", part = "", of = "", text = ""] = found;
    if (sender === this.#self) return null;
    const before = this.#arriving.get(sender);
    const known = before?.number === number ? before : { number, text: "", parts: 0 };
    this.#arriving.delete(sender);
    // A part before it was lost with a connection.
    if (known.parts + 1 !== Number(part)) return null;
    known.text += text;
    known.parts += 1;
    if (part !== of) {
      this.#arriving.set(sender, known);
      return null;
    }
    try {
      const whole: unknown = JSON.parse(known.text);
      return typeof whole === "string" ? whole : null;
    } catch {
      return null;
    }
  }
}
