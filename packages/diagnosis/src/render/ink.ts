/** Colours of a terminal report (ECMA-48), or none. Meaning never hangs on colour alone. */
import type { Severity } from "@mxray/contracts";

export interface Ink {
  bold(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  odd(text: string): string;
}

const plain = (text: string) => text;
const NO_INK: Ink = { bold: plain, faint: plain, good: plain, bad: plain, odd: plain };

export function inkFor(colour: boolean): Ink {
  if (!colour) return NO_INK;
  const style = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
  return { bold: style(1, 22), faint: style(2, 22), good: style(32, 39), bad: style(31, 39), odd: style(33, 39) };
}

export function inkOfSeverity(ink: Ink, severity: Severity): (text: string) => string {
  switch (severity) {
    case "critical":
      return ink.bad;
    case "warning":
      return ink.odd;
    case "info":
      return ink.good;
  }
}
