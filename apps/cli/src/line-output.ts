/** Many lines to stdout, written in large pieces. */
import { printText } from "./terminal.ts";

const PIECE = 64 * 1024;

export class LineOutput {
  #text = "";

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= PIECE) this.end();
  }

  /** Writes what is left. */
  end(): void {
    if (this.#text !== "") printText(this.#text);
    this.#text = "";
  }
}
