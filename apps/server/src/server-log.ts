/**
 * Where the server's log goes: a file descriptor, line by line. A disk that is full, a reader that has gone and one that stalls cost
 * lines of the log, never the server: it neither ends nor waits for them for long. How many were lost is the next line that can be written.
 */
import { fstatSync, write, writeSync } from "node:fs";

const PAUSE_MS = 20;
/** Bytes that wait for a pipe whose reader is slow. */
const MOST_WAITING = 1_000_000;

export class ServerLog {
  readonly #fd: number;
  /** Lines that came since the last write began. */
  #queue: Buffer[] = [];
  #queued = 0;
  /** What is being written. */
  #waiting: Buffer = Buffer.alloc(0);
  #lost = 0;
  /** A pipe or a socket, whose reader may stall: written beside the thread that serves. */
  readonly #mayStall: boolean;
  #writing = false;

  constructor(fd = 1) {
    this.#fd = fd;
    const stats = fstatSync(fd);
    this.#mayStall = stats.isFIFO() || stats.isSocket();
  }

  /** @param line with its line end */
  write(line: string): void {
    if (this.#queued > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    const note =
      this.#lost === 0 ? "" : `${JSON.stringify({ level: 40, time: Date.now(), msg: `${this.#lost} lines of this log were lost` })}\n`;
    const bytes = Buffer.from(note + line);
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#lost = 0;
    if (!this.#writing) this.#flush();
  }

  #flush(): void {
    if (this.#waiting.length === 0) {
      this.#waiting = Buffer.concat(this.#queue);
      this.#queue = [];
      this.#queued = 0;
    }
    if (this.#waiting.length === 0) return;
    if (this.#mayStall) {
      this.#writing = true;
      write(this.#fd, this.#waiting, (error, bytes) => this.#written(error, bytes));
      return;
    }
    try {
      while (this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting));
    } catch {
      this.#lose();
    }
  }

  #written(error: NodeJS.ErrnoException | null, bytes: number): void {
    this.#writing = false;
    if (error?.code === "EAGAIN") {
      this.#writing = true;
      setTimeout(() => this.#written(null, 0), PAUSE_MS).unref();
      return;
    }
    if (error === null) this.#waiting = this.#waiting.subarray(bytes);
    else this.#lose();
    this.#flush();
  }

  #lose(): void {
    this.#lost += linesIn(this.#waiting);
    this.#waiting = Buffer.alloc(0);
  }
}

function linesIn(text: Buffer): number {
  return text.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0);
}
