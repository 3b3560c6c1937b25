/** What goes to a person: results on stdout, messages on stderr, progress on a terminal's stderr only. */
import { writeSync } from "node:fs";
import { printable } from "@mxray/contracts";

const LONGEST_LINE = 10_000;

/** Standard output cannot be written: the disk behind it is full, or fails. */
export class OutputError extends Error {}

/** Written at once and whole, also into a pipe: a process that ends right after must not cut its own output. */
export function printLine(text: string): void {
  writeAll(1, `${text}\n`);
}

/** As it is, line ends and all. */
export function printText(text: string): void {
  writeAll(1, text);
}

export function printMessage(text: string): void {
  // A message may quote a file name or a host: nothing in it may move the cursor or colour the terminal.
  writeAll(
    2,
    `${text
      .split("\n")
      .map((line) => printable(line, LONGEST_LINE))
      .join("\n")}\n`,
  );
}

export function terminalWidth(): number {
  return Math.min(120, Math.max(40, process.stdout.columns ?? 100));
}

/** Colour on a terminal that wants it (no-color.org). */
export function wantsColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** One line on a terminal's stderr that is written over; silent elsewhere. */
export class ProgressLine {
  readonly #live = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  #shown = false;

  show(text: string): void {
    if (!this.#live) return;
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
    writeAll(2, `\r\x1b[2K${text.slice(0, width)}`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) writeAll(2, "\r\x1b[2K");
    this.#shown = false;
  }
}

function writeAll(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A full pipe: its reader is slow, not gone.
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code === "EPIPE") return;
      else if (fd === 2) return;
      else throw new OutputError(`mxray cannot write its output: ${(error as Error).message}. Free some space, or write it elsewhere.`);
    }
  }
}
