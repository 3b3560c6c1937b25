/**
 * SMTP replies from bytes (RFC 5321 §4.2), capped while they arrive.
 *
 * Accepts what real servers send: bare LF, a code with nothing behind it, `220****` without a space. Refuses what is no
 * reply: no three digits, a code outside 200 to 599, lines whose codes disagree.
 */
import { printable, type Reply } from "@mxray/contracts";

/** Bytes of one line; RFC 5321 §4.5.3.1.5 allows 512. */
export const REPLY_LINE_CAP = 4096;
/** Bytes of one reply with all its lines. */
export const REPLY_CAP = 64 * 1024;
const LINES_CAP = 1000;

export type ParsedReply =
  | { readonly kind: "reply"; readonly reply: Reply; readonly lines: readonly string[] }
  | { readonly kind: "protocol"; readonly text: string }
  | { readonly kind: "too-long"; readonly text: string };

/** Feeds on chunks; gives one reply at a time. */
export class ReplyReader {
  #buffer: Buffer = Buffer.alloc(0);
  #lines: string[] = [];
  #code: number | null = null;
  #bytes = 0;

  push(chunk: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
  }

  /** Bytes that arrived and belong to no finished reply yet. */
  get pending(): number {
    return this.#bytes + this.#buffer.length;
  }

  /** The next finished reply, or null while one is not complete. */
  next(): ParsedReply | null {
    while (true) {
      const end = this.#buffer.indexOf(10);
      if (end === -1) {
        if (this.#buffer.length > REPLY_LINE_CAP || this.pending > REPLY_CAP) return this.#tooLong(this.#buffer);
        return null;
      }
      const raw = this.#buffer.subarray(0, end > 0 && this.#buffer[end - 1] === 13 ? end - 1 : end);
      this.#buffer = this.#buffer.subarray(end + 1);
      this.#bytes += end + 1;
      if (raw.length > REPLY_LINE_CAP || this.#bytes > REPLY_CAP || this.#lines.length >= LINES_CAP) return this.#tooLong(raw);

      const text = printable(raw, REPLY_LINE_CAP);
      const match = /^([2-5][0-9]{2})(?![0-9])(-?)/.exec(text);
      const code = Number(match?.[1]);
      // RFC 5321 §4.2.1: the same code on every line.
      if (match === null || (this.#code !== null && code !== this.#code)) {
        const whole = [...this.#lines, text].join("\n");
        this.#reset();
        return { kind: "protocol", text: whole };
      }
      this.#lines.push(text);
      this.#code = code;
      if (match[2] === "-") continue;
      return this.#finish();
    }
  }

  #finish(): ParsedReply {
    const lines = this.#lines;
    const code = this.#code ?? 0;
    this.#reset();
    const enhanced = /^[0-9]{3}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s|$)/.exec(lines.at(-1) ?? "");
    return { kind: "reply", reply: { code, enhanced: enhanced?.[1] ?? null, text: printableLines(lines) }, lines };
  }

  #tooLong(raw: Uint8Array): ParsedReply {
    const text = [...this.#lines, printable(raw, 200)].slice(0, 5).join("\n");
    this.#buffer = Buffer.alloc(0);
    this.#reset();
    return { kind: "too-long", text };
  }

  #reset(): void {
    this.#lines = [];
    this.#code = null;
    this.#bytes = 0;
  }
}

function printableLines(lines: readonly string[]): string {
  const text = lines.join("\n");
  return text.length > 2000 ? `${text.slice(0, 1999)}…` : text;
}
