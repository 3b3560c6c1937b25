/** What a screen that is never switched off needs: it must not fall asleep, and no pixel may show the same for months. */

/** Keeps the screen on where the browser can (a secure page: https, or this machine). */
export function keepAwake(): void {
  const ask = () => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  // The lock ends whenever the page is hidden.
  document.addEventListener("visibilitychange", ask);
  ask();
}

const ORBIT = 8;
const STEP_MS = 60_000;

/**
 * Where the picture stands at a time, in pixels from 0 to 7 each way: one pixel a minute along every place of a square, so that
 * each edge wanders over eight pixels within an hour or so, and nobody sees it move.
 */
export function pixelShift(now: number): { readonly x: number; readonly y: number } {
  const step = Math.floor(now / STEP_MS) % (ORBIT * ORBIT);
  const y = Math.floor(step / ORBIT);
  const along = step % ORBIT;
  return { x: y % 2 === 0 ? along : ORBIT - 1 - along, y };
}
