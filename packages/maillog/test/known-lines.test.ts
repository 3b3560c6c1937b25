/** What a parser remembers of earlier lines (their heads, tags, peers) shortens its work and changes nothing of what it reads. */
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import type { MailEvent } from "@mxray/contracts";
import { expect, test } from "vitest";
import { randomNumbers } from "../bench/realistic-log.ts";
import { LineParser, mailEventOf } from "../src/index.ts";
import { testClock } from "./fixtures.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
/** syslog's repetitions are about the line before. */
const LINES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "latin1").split("\n"))
  .filter((line) => line !== "" && !line.includes("repeated"));
const MUTATED = 30_000;
const PIECES = ["[", "]", ": ", ", ", "=", "<", ">", " from ", " ", "INFO ", "NOQUEUE: ", "\x00", "\xff", "unknown[", "|"];

function read(parser: LineParser, line: Buffer): MailEvent | "no event" | "unknown" {
  const entry = parser.parse(line, 0, line.length);
  if (entry === null) return "unknown";
  return entry.event === null ? "no event" : mailEventOf(entry, "test.log", 1);
}

test(`a parser that has read thousands of lines reads the next as a new one does: ${LINES.length} lines and ${MUTATED} mutated ones`, () => {
  const random = randomNumbers(20_260_105);
  const whole = (below: number) => Math.floor(random() * below);
  const pick = (from: readonly string[]) => from[whole(from.length)] ?? "";
  const experienced = new LineParser(testClock());
  const lines = Array.from({ length: MUTATED }, () => {
    const line = pick(LINES);
    // Neighbours in a log begin alike: the place of the change is mostly behind the stamp.
    const at = whole(4) === 0 ? whole(16) : 16 + whole(Math.max(1, line.length - 16));
    return whole(2) === 0 ? line.slice(0, at) + pick(PIECES) + line.slice(at + whole(3)) : line.slice(0, at) + pick(LINES).slice(whole(40));
  });
  let events = 0;
  for (const text of [...LINES, ...LINES, ...lines]) {
    if (text.includes("repeated")) continue;
    const line = Buffer.from(text, "latin1");
    const found = read(experienced, line);
    if (typeof found !== "string") events += 1;
    expect(found, text).toEqual(read(new LineParser(testClock()), line));
  }
  expect(events).toBeGreaterThan(5000);
}, 60_000);
