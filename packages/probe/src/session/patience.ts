/**
 * How long the steps of a dialogue are waited for, milliseconds. The usual times suit a probe that someone waits for; whoever
 * gives a probe more time in all gives it to each step, as far as mail software waits, too (RFC 5321 §4.5.3.2).
 */
export interface Patience {
  readonly connectMs: number;
  readonly greetingMs: number;
  readonly commandMs: number;
  /** For the reply to the end of a message that is really delivered. */
  readonly endOfDataMs: number;
}

const USUAL_DEADLINE_MS = 60_000;
/** Four SYNs: Linux repeats after 1, 3 and 7 s. postscreen waits 6 s before it greets, some tarpits 20 s. */
const USUAL: Patience = { connectMs: 8000, greetingMs: 22_000, commandMs: 15_000, endOfDataMs: 20_000 };
const LONGEST: Patience = { connectMs: 30_000, greetingMs: 300_000, commandMs: 300_000, endOfDataMs: 600_000 };

/** @param deadlineMs of the whole probe; default the usual one */
export function patienceOf(deadlineMs: number = USUAL_DEADLINE_MS): Patience {
  const more = Math.max(0, deadlineMs - USUAL_DEADLINE_MS);
  const stretched = (step: keyof Patience) => Math.min(LONGEST[step], USUAL[step] + more);
  return {
    connectMs: stretched("connectMs"),
    greetingMs: stretched("greetingMs"),
    commandMs: stretched("commandMs"),
    endOfDataMs: stretched("endOfDataMs"),
  };
}
