/** Numbers and counts as people read them. Plain text in, plain text out; no locale, so that reports can be compared. */

/** `1 packet`, `3 packets`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `348,160`; @param count a whole number */
export function groupedText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param ms milliseconds; below ten with one digit, from ten thousand on in seconds */
export function durationText(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** `2026-11-28 09:39:36 UTC`; @param timestamp RFC 3339 in UTC */
export function timeText(timestamp: string): string {
  return `${timestamp.slice(0, 19).replace("T", " ")} UTC`;
}

/** @param chance probability, 0 to 1 */
export function chanceText(chance: number): string {
  if (chance >= 0.01) return `${Math.round(chance * 100)} %`;
  if (chance < 1e-12) return "less than 1 in a trillion";
  const odds = 1 / chance;
  if (odds >= 1e9) return `about 1 in ${Math.floor(odds / 1e9)} billion`;
  if (odds >= 1e6) return `about 1 in ${Math.floor(odds / 1e6)} million`;
  return `about 1 in ${Math.round(odds)}`;
}

/** @param rate 0 to 1 */
export function percentText(rate: number): string {
  const percent = rate * 100;
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
