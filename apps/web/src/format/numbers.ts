/** Numbers for people. */

/** `0.3 ms`, `207 ms`, `2.1 s`. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${Number(ms.toFixed(1))} ms`;
}

/** `1400`, `64 kB`: sizes of messages in binary kilobytes, as the ladder climbs. */
export function formatBytes(bytes: number): string {
  return bytes >= 4096 && bytes % 1024 === 0 ? `${bytes / 1024} kB` : String(bytes);
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString();
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** `812 bytes`, `3.4 MB`: how much there is of something, in decimal units. */
export function formatSize(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[step]}`;
}

/** `40 s`, `12 min`, `3 h`: about how long something takes. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const MOMENT = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** `Nov 24, 2026, 21:03:11 GMT+9`. */
export function formatTime(timestamp: string): string {
  return MOMENT.format(new Date(timestamp));
}

/** `2026-11-24 12:03:11 UTC`. */
export function formatUtc(timestamp: string): string {
  return `${new Date(timestamp).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2026-11-24 12:03:11 UTC (21:03:11 your time)`: for readers in another zone, and for paper. */
export function formatZoned(timestamp: string): string {
  const date = new Date(timestamp);
  if (date.getTimezoneOffset() === 0) return formatUtc(timestamp);
  return `${formatUtc(timestamp)} (${date.toLocaleTimeString(undefined, { timeStyle: "medium", hourCycle: "h23" })} your time)`;
}

/** How long something stands: `for 3 min`, `for 2 h`, `for 5 days`, then `since` the date. */
export function formatSince(timestamp: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(timestamp)) / 1000);
  if (seconds < 3600) return `for ${Math.max(1, Math.floor(seconds / 60))} min`;
  if (seconds < 86_400) return `for ${Math.floor(seconds / 3600)} h`;
  if (seconds < 14 * 86_400) return seconds < 2 * 86_400 ? "for a day" : `for ${Math.floor(seconds / 86_400)} days`;
  return `since ${new Date(timestamp).toLocaleDateString(undefined, { dateStyle: "medium" })}`;
}

/** `just now`, `3 min ago`, `2 h ago`; of older times and of those to come the date. */
export function formatAgo(timestamp: string, now = Date.now()): string {
  const seconds = (now - Date.parse(timestamp)) / 1000;
  if (seconds > -60 && seconds < 60) return "just now";
  if (seconds > 0 && seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds > 0 && seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(timestamp).toLocaleDateString(undefined, { dateStyle: "medium" });
}
