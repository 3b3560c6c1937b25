/** The real clock. */
import type { Clock } from "../ports.ts";

/** The two readings of the time of day are not taken at the same instant. */
const SAME_TIME_MS = 50;

export const systemClock: Clock = {
  now: () => performance.now(),
  timestamp() {
    // Precise, but anchored at the start of the process: if the time of day was set since then, the system's own is right.
    const precise = performance.timeOrigin + performance.now();
    const system = Date.now();
    const ms = Math.abs(precise - system) < SAME_TIME_MS ? precise : system;
    const micros = Math.floor((ms - Math.floor(ms)) * 1000);
    return new Date(Math.floor(ms)).toISOString().replace("Z", `${String(micros).padStart(3, "0")}Z`);
  },
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    // Not by node:timers/promises: each sleep that is cut short would cost an error with its stack.
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener("abort", wake, { once: true });
    });
  },
};
