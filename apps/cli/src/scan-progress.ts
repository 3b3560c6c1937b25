/** How far a reading of files is, with a bar and a time estimate: on a terminal's stderr only. */
import { statSync } from "node:fs";
import { printable } from "@mxray/contracts";
import { ProgressLine } from "./terminal.ts";

const BAR = 24;
/** Before it, an estimate is a guess. */
const ESTIMATE_AFTER_MS = 1000;
const REFRESH_MS = 100;

export class ScanProgress {
  readonly #line = new ProgressLine();
  readonly #began = performance.now();
  readonly #total: number;
  /** Of the files that are over. */
  #read = 0;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(paths: readonly string[]) {
    this.#total = paths.reduce((sum, path) => sum + sizeOf(path), 0);
  }

  /** For one file after another. */
  of(path: string, lines: () => number): (bytes: number) => void {
    const before = this.#read;
    this.#read += sizeOf(path);
    return (bytes) => {
      const now = performance.now();
      if (now - this.#shownAt < REFRESH_MS) return;
      this.#shownAt = now;
      this.#line.show(this.#text(path, before + bytes, lines(), now - this.#began));
    };
  }

  clear(): void {
    this.#line.clear();
  }

  #text(path: string, bytes: number, lines: number, elapsedMs: number): string {
    const name = path === "-" ? "standard input" : printable(path, 60);
    const rate = `${Math.round(lines / Math.max(1, elapsedMs))}k lines/s`;
    if (this.#total === 0) return `${lines} lines of ${name}, ${rate}`;
    const part = Math.min(1, bytes / this.#total);
    const full = Math.round(part * BAR);
    const left = elapsedMs < ESTIMATE_AFTER_MS ? "" : `, ${Math.ceil((elapsedMs * (1 - part)) / part / 1000)} s left`;
    return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${Math.floor(part * 100)} %  ${lines} lines, ${rate}${left}  ${name}`;
  }
}

/** 0 where there is no size: standard input, a pipe. */
function sizeOf(path: string): number {
  if (path === "-") return 0;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : 0;
}
