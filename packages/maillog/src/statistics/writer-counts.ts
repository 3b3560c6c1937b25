/** Which mail program wrote how many lines that report trouble. Plain numbers: each of thousands of peers has one. */
import type { LogWriter } from "@mxray/contracts";

export class WriterCounts {
  postfix = 0;
  exim = 0;
  sendmail = 0;

  add(mta: LogWriter["mta"], lines: number): void {
    this[mta] += lines;
  }

  /** The most frequent first. */
  all(): LogWriter[] {
    return (["exim", "postfix", "sendmail"] as const)
      .map((mta) => ({ mta, lines: this[mta] }))
      .filter(({ lines }) => lines > 0)
      .sort((a, b) => b.lines - a.lines);
  }
}
