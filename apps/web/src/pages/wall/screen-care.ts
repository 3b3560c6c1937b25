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
 * Where the picture stands at a time, in pixels from 0 to 7 each way: one pixel a minute through every place of a square and the
 * same way back, so that nobody sees it move.
 */
export function pixelShift(now: number): { readonly x: number; readonly y: number } {
  const last = ORBIT * ORBIT - 1;
  const step = Math.floor(now / STEP_MS) % (2 * last);
  const place = step <= last ? step : 2 * last - step;
  const y = Math.floor(place / ORBIT);
  const along = place % ORBIT;
  return { x: y % 2 === 0 ? along : ORBIT - 1 - along, y };
}
