/** What a browser calls itself, in few words: of its own text nothing is kept. */

/** The first that fits: most browsers call themselves by the names of others, too. */
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;
const SYSTEMS = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
] as const;
const READ = 400;

/** `Firefox on Linux`; null for what is no browser that is known. */
export function browserName(userAgent: string | undefined): string | null {
  const text = (userAgent ?? "").slice(0, READ);
  const browser = BROWSERS.find(([mark]) => mark.test(text))?.[1];
  if (browser === undefined) return null;
  const system = SYSTEMS.find(([mark]) => mark.test(text))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}
