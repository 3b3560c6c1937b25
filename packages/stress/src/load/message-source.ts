/**
 * Messages that a content scanner has work with: plain text of many different words, never twice the same, made from a seed
 * so that a run can be repeated. Each says in its header who makes the load and where from.
 */
import type { StressOptions } from "@mxray/contracts";

/** Bytes of a body line with its CRLF. */
const LINE = 78;
/** Lines of prepared text; bodies are cut from it at a different line each time. */
const LINES = 4096;
const WORD_LENGTHS = [2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 11];

export interface MessageSource {
  /** The message number `index`, with its final dot, ready to send. */
  readonly message: (index: number) => readonly Buffer[];
}

/** @param about what the operator of the target reads in each message */
export function messageSource(
  options: Pick<StressOptions, "size" | "seed" | "from" | "recipients">,
  about: { readonly run: string; readonly by: string; readonly host: string },
): MessageSource {
  const random = randomFrom(options.seed);
  const text = preparedText(random);
  const date = new Date().toUTCString().replace("GMT", "+0000");
  const end = Buffer.from(".\r\n");
  const sizeOf = sizes(options.size, randomFrom(options.seed + 1));
  const fixed = [
    `From: <${options.from}>`,
    `To: ${options.recipients.map((address) => `<${address}>`).join(",\r\n ")}`,
    `Date: ${date}`,
    `X-mxray-stress: run ${about.run} by ${about.by} from ${about.host}`,
    "Auto-Submitted: auto-generated",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "",
  ].join("\r\n");
  return {
    message(index) {
      const header = Buffer.from(
        `Subject: mxray stress test ${about.run}, message ${index + 1}\r\nMessage-ID: <${about.run}.${index}@${about.host}>\r\n${fixed}`,
        "latin1",
      );
      return [header, ...body(text, index * 17, Math.max(2, sizeOf() - header.length)), end];
    },
  };
}

/** Lines of the prepared text from a line on; the last one is cut so that the size is met to the byte. */
function body(text: Buffer, firstLine: number, bytes: number): Buffer[] {
  const parts: Buffer[] = [];
  let line = firstLine % LINES;
  let left = bytes;
  while (left > 0) {
    const whole = Math.min(left, text.length - line * LINE);
    const full = whole - (whole % LINE);
    if (full > 0) parts.push(text.subarray(line * LINE, line * LINE + full));
    left -= full;
    if (full < whole) {
      const rest = left;
      // A line needs its CRLF: one byte alone is left out.
      if (rest >= 2) parts.push(Buffer.concat([text.subarray(line * LINE, line * LINE + rest - 2), Buffer.from("\r\n")]));
      break;
    }
    line = 0;
  }
  return parts;
}

function preparedText(random: () => number): Buffer {
  const text = Buffer.alloc(LINES * LINE, "x");
  const vocabulary = Array.from({ length: 2000 }, () => word(random));
  for (let line = 0; line < LINES; line++) {
    let words = "";
    while (words.length < LINE - 2) words += `${vocabulary[Math.floor(random() * vocabulary.length)]} `;
    text.write(words.slice(0, LINE - 2), line * LINE, "latin1");
    text.write("\r\n", line * LINE + LINE - 2, "latin1");
  }
  return text;
}

function word(random: () => number): string {
  const length = WORD_LENGTHS[Math.floor(random() * WORD_LENGTHS.length)] as number;
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join("");
}

/** Sizes between two bounds, even on a logarithmic scale: small messages are as frequent as large ones are in real mail. */
function sizes({ least, most }: StressOptions["size"], random: () => number): () => number {
  if (least === most) return () => least;
  return () => Math.round(least * (most / least) ** random());
}

/** mulberry32: small, fast, and good enough for text. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
