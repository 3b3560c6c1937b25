/**
 * Bytes in chunks of any size, lines out: as ranges of the chunk, without copying, but for a line that spans chunks. A line
 * longer than the cap is cut there and the rest of it skipped. Ends are LF; a CR before it is left out.
 */
import { Buffer } from "node:buffer";

/** Bytes kept of one line. Postfix cuts its own at about 2,000; journal entries with a message as byte array are the longest. */
export const LINE_CAP = 64 * 1024;

/** @param from index of the line's first byte in `bytes` @param to index behind its last one */
export type LineHandler = (bytes: Buffer, from: number, to: number) => void;

const LF = 10;
const CR = 13;

export class LineSplitter {
  #onLine: LineHandler;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes of the line that has begun, cut off ones included. */
  #begun = 0;

  constructor(onLine: LineHandler) {
    this.#onLine = onLine;
  }

  /** The handler's ranges are good until the chunk after the next is pushed, if the caller overwrites its chunks. */
  push(chunk: Buffer): void {
    let from = 0;
    if (this.#begun > 0) {
      const end = chunk.indexOf(LF);
      this.#hold(chunk, 0, end === -1 ? chunk.length : end);
      if (end === -1) return;
      this.#release();
      from = end + 1;
    }
    for (let end = chunk.indexOf(LF, from); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#line(chunk, from, Math.min(end, from + LINE_CAP));
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk, from, chunk.length);
  }

  /** The last line, where it has no line end. */
  end(): void {
    if (this.#begun > 0) this.#release();
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    this.#begun += to - from;
    const length = Math.min(to - from, LINE_CAP - this.#heldBytes);
    if (length <= 0) return;
    this.#held.push(Buffer.from(chunk.subarray(from, from + length)));
    this.#heldBytes += length;
  }

  #release(): void {
    const length = this.#heldBytes;
    // One byte more: parsers look at the byte behind a line, and where there is none each such look costs more from then on.
    const line = Buffer.concat(this.#held, length + 1);
    this.#held = [];
    this.#heldBytes = 0;
    this.#begun = 0;
    this.#line(line, 0, length);
  }

  #line(bytes: Buffer, from: number, to: number): void {
    this.#onLine(bytes, from, to > from && bytes[to - 1] === CR ? to - 1 : to);
  }
}
