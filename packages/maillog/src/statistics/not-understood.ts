/**
 * Lines of mail programs that mxray does not understand: neither an event nor one of the lines that these programs write in
 * normal operation. They are counted by program, each with its first line as an example.
 */
import { Buffer } from "node:buffer";
import { LOG_CAPS, type NotUnderstood, printable } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { withoutLocalParts } from "../entries/mail-event.ts";
import { isOrdinaryEximLine } from "../formats/exim/exim-ordinary.ts";
import { isOrdinaryPostfixLine } from "../formats/postfix/postfix-ordinary.ts";
import { isOrdinarySendmailLine } from "../formats/sendmail/sendmail-ordinary.ts";

/** An address at the end of an example is taken out before the text is cut to its length. */
const KEPT_TEXT = 2 * LOG_CAPS.exampleText;
/** A tag is the writer's choice: what exceeds this many is counted without an example. */
const MOST_PROGRAMS = 200;

interface Unread {
  lines: number;
  readonly file: string;
  readonly line: number;
  /** One character per byte. */
  readonly text: string;
}

export class NotUnderstoodLines {
  readonly #programs = new Map<string, Unread>();
  #lines = 0;

  /** @param entry without an event */
  look(entry: LogEntry, file: string, line: number): void {
    if (isOrdinary(entry)) return;
    this.#lines += entry.times;
    const { bytes, textFrom, textTo, times, program } = entry;
    const known = this.#programs.get(program.tag);
    if (known !== undefined) known.lines += times;
    else if (this.#programs.size < MOST_PROGRAMS) {
      const text = latin1(bytes, textFrom, Math.min(textTo, textFrom + KEPT_TEXT));
      this.#programs.set(program.tag, { lines: times, file, line, text });
    }
  }

  /** The programs with the most such lines. */
  summary(): NotUnderstood {
    const most = [...this.#programs].sort(([, a], [, b]) => b.lines - a.lines).slice(0, LOG_CAPS.programs);
    return {
      lines: this.#lines,
      programs: most.map(([program, { lines, file, line, text }]) => ({
        program: printable(program, 100),
        lines,
        example: {
          file: printable(file, LOG_CAPS.exampleText),
          line,
          text: printable(withoutLocalParts(printable(Buffer.from(text, "latin1"))), LOG_CAPS.exampleText),
        },
      })),
    };
  }
}

function isOrdinary(entry: LogEntry): boolean {
  switch (entry.program.role) {
    case "unread":
      return false;
    case "exim":
      return isOrdinaryEximLine(entry);
    case "sendmail":
      return isOrdinarySendmailLine(entry);
    default:
      return isOrdinaryPostfixLine(entry);
  }
}
