/** The timed record of what was said on the connections to one mail host. Capped; everything in it is printable. */
import { printable, type TranscriptLine } from "@mxray/contracts";
import type { Clock } from "../ports.ts";

const MOST_LINES = 600;
const LINE_CAP = 500;

export class Transcript {
  readonly lines: TranscriptLine[] = [];
  readonly #clock: Clock;
  readonly #began: number;
  readonly #onLine: (line: TranscriptLine) => void;

  /** @param began clock reading at the start of the probe, which `at` counts from */
  constructor(clock: Clock, began: number, onLine: (line: TranscriptLine) => void = () => undefined) {
    this.#clock = clock;
    this.#began = began;
    this.#onLine = onLine;
  }

  sent(connection: number, text: string): void {
    this.#add(connection, ">", text);
  }

  received(connection: number, text: string): void {
    this.#add(connection, "<", text);
  }

  /** What happened below or beside the dialogue. */
  note(connection: number, text: string): void {
    this.#add(connection, "*", text);
  }

  #add(connection: number, dir: TranscriptLine["dir"], text: string): void {
    if (this.lines.length > MOST_LINES) return;
    const full = this.lines.length === MOST_LINES;
    const line: TranscriptLine = {
      at: Math.round((this.#clock.now() - this.#began) * 10) / 10,
      dir: full ? "*" : dir,
      text: full ? `The transcript is cut after ${MOST_LINES} lines.` : printable(text, LINE_CAP),
      connection,
    };
    this.lines.push(line);
    this.#onLine(line);
  }
}
