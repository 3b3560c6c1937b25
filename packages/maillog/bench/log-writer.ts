/** Writes Postfix's lines into a syslog file, with the stamps of a clock that its user sets. */
import { closeSync, openSync, writeSync } from "node:fs";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export class LogWriter {
  readonly #file: number;
  #text = "";
  /** Since the year began. */
  seconds = 0;
  lines = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  /** @param program as logged, without `postfix/` */
  put(program: string, pid: number, message: string): void {
    const day = Math.floor(this.seconds / 86_400);
    const clock = new Date((this.seconds % 86_400) * 1000).toISOString().slice(11, 19);
    const date = `${MONTHS[Math.floor(day / 28) % 12]} ${String((day % 28) + 1).padStart(2)}`;
    this.#text += `${date} ${clock} mx1 postfix/${program}[${pid}]: ${message}\n`;
    this.lines += 1;
    if (this.#text.length >= 1 << 20) this.#flush();
  }

  /** @returns lines written */
  end(): number {
    this.#flush();
    closeSync(this.#file);
    return this.lines;
  }

  #flush(): void {
    writeSync(this.#file, this.#text);
    this.#text = "";
  }
}
