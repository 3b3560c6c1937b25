/**
 * Signals that ask a command to end. At a terminal one Ctrl-C arrives twice, from the terminal and passed on by the launcher
 * (bin/mxray.js): what follows within half a second is the same request. A later one ends the process at once.
 */
const SAME_MS = 500;

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Calls `stop` at the first of these signals. @returns undoes it */
export function onStopSignal(signals: readonly StopSignal[], stop: () => void): () => void {
  let first: number | null = null;
  const undo = () => {
    for (const signal of signals) process.off(signal, receive);
  };
  function receive(signal: NodeJS.Signals): void {
    if (first === null) {
      first = performance.now();
      stop();
    } else if (performance.now() - first > SAME_MS) {
      undo();
      process.kill(process.pid, signal);
    }
  }
  for (const signal of signals) process.on(signal, receive);
  return undo;
}
