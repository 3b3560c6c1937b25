/**
 * The session ended while the page was open. Calls wait until there is one again and are then made anew, so that nothing that
 * somebody typed or asked for is lost.
 */
let ended = false;
let waiting: (() => void)[] = [];
const watchers = new Set<() => void>();

export const sessionEnd = {
  /** The server wants a new sign-in. @returns when there was one */
  happened(): Promise<void> {
    change(true);
    return new Promise((resolve) => waiting.push(resolve));
  },
  /** Somebody signed in again. */
  isOver(): void {
    const calls = waiting;
    waiting = [];
    change(false);
    for (const goOn of calls) goOn();
  },
  standing: (): boolean => ended,
  onChange(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

function change(to: boolean): void {
  if (ended === to) return;
  ended = to;
  for (const watcher of watchers) watcher();
}
