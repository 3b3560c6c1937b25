/** Brings the lines into sight that somebody asked for, after the page has changed. */
export function showLines(): void {
  setTimeout(() => document.getElementById("lines")?.scrollIntoView({ block: "start" }), 50);
}
