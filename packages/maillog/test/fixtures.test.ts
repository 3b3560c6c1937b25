import { readdirSync, readFileSync } from "node:fs";
import { MailEvent } from "@mxray/contracts/schemas";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { compact, readLog } from "./fixtures.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".log"));
const schema = Compile(MailEvent);

/** Beside each log stand its events, one per line, without what is null. */
function expectedOf(name: string): unknown[] {
  const text = readFileSync(new URL(name.replace(/\.log$/, ".events.jsonl"), FIXTURES), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

test.each(names)("%s: each line gives its event and nothing else", (name) => {
  const log = readFileSync(new URL(name, FIXTURES));
  const { events } = readLog(log);
  expect(events.map(compact)).toEqual(expectedOf(name));
  for (const event of events) expect(schema.Errors(event)).toEqual([]);
});

test.each(names)("%s: the same however the bytes arrive", (name) => {
  const log = readFileSync(new URL(name, FIXTURES));
  const whole = readLog(log);
  for (const chunk of [1, 7, 64, 511]) {
    const parts = readLog(log, { chunk });
    expect(parts.events).toEqual(whole.events);
    expect(parts.counts).toEqual(whole.counts);
  }
});
