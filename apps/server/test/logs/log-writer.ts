/** Writes numbered lines to a log and rotates it in every way that logrotate has, without a pause but while it copies. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { gzipSync } from "node:zlib";

/** Rotated files that are kept. */
const KEPT = 40;
/** So many rotated files may wait for a reader; then none is rotated, or the oldest would be deleted before it is read. */
const MOST_UNREAD = 30;

export class LogWriter {
  written = 0;
  rotations = 0;
  /** Lines that a reader has counted, as far as is known. */
  read = 0;
  /** How many lines were written before each rotation that `read` has not reached. */
  readonly #unread: number[] = [];
  readonly #path: string;
  #file: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, "a");
  }

  /** Line N tells of a loss after N bytes: so each can be found again in the counts. */
  write(lines: number): void {
    let text = "";
    for (let line = 0; line < lines; line += 1, this.written += 1) {
      text += `${new Date().toISOString()} mx1 postfix/smtpd[77]: timeout after DATA (${this.written} bytes) from client.example[198.51.100.9]\n`;
    }
    // Not at a line end: a reader sees partial lines.
    const half = Math.floor(text.length / 2);
    writeSync(this.#file, text.slice(0, half));
    writeSync(this.#file, text.slice(half));
  }

  rotate(random: () => number): void {
    while (this.#unread.length > 0 && (this.#unread[0] ?? 0) <= this.read) this.#unread.shift();
    if (this.#unread.length >= MOST_UNREAD) return;
    this.#unread.push(this.written);
    this.rotations += 1;
    this.#shift();
    const one = `${this.#path}.1`;
    if (random() < 0.5) {
      copyFileSync(this.#path, one);
      truncateSync(this.#path);
    } else {
      renameSync(this.#path, one);
      const next = openSync(this.#path, "a");
      if (random() < 0.5) this.write(3);
      closeSync(this.#file);
      this.#file = next;
    }
    if (random() < 0.4) zip(one);
  }

  close(): void {
    closeSync(this.#file);
  }

  #shift(): void {
    for (let number = KEPT; number >= 1; number -= 1) {
      for (const end of ["", ".gz"]) {
        const from = `${this.#path}.${number}${end}`;
        if (!existsSync(from)) continue;
        if (number === KEPT) rmSync(from);
        else renameSync(from, `${this.#path}.${number + 1}${end}`);
      }
    }
  }
}

function zip(path: string): void {
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  rmSync(path);
}
