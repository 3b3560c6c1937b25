import { expect, test } from "vitest";
import { readLog } from "./fixtures.ts";

const line = (host: string, program: string, text: string) => `Jan  5 04:11:22 ${host} postfix/${program}: ${text}\n`;
const screen = (text: string, host = "mx1") => line(host, "postscreen[3]", text);
const served = (text: string, host = "mx1") => line(host, "smtpd[7]", text);
const connects = (...lines: string[]) => readLog(lines.join("")).counter.sums().events.connect;

const held = screen("CONNECT from [198.51.100.8]:4000 to [192.0.2.1]:25");
const passed = screen("PASS OLD [198.51.100.8]:4000");
const gone = screen("DISCONNECT [198.51.100.8]:4000");
const taken = served("connect from out.sender.example[198.51.100.8]");

test("a connection that postscreen hands to smtpd counts once, and smtpd's event is marked as the copy", () => {
  expect(connects(held, passed, taken)).toBe(1);
  expect(readLog([held, passed, taken].join("")).events.map(({ program, copy }) => [program, copy])).toEqual([
    ["postfix/postscreen", undefined],
    ["postfix/smtpd", true],
  ]);
});

test("each further connection counts: handed on, ended by postscreen, or without postscreen", () => {
  expect(connects(held, passed, taken, held, passed, taken)).toBe(2);
  expect(connects(held, gone, taken)).toBe(2);
  expect(connects(taken, taken)).toBe(2);
  expect(connects(held, held, taken, taken)).toBe(2);
});

test("only a connection of the same client to the same host is a copy", () => {
  expect(connects(held, served("connect from unknown[198.51.100.9]"))).toBe(2);
  expect(connects(held, served("connect from unknown[198.51.100.8]", "mx2"))).toBe(2);
});

test("clients that are never heard of again are forgotten, the latest are not", () => {
  const many = Array.from({ length: 20_001 }, (_, index) =>
    screen(`CONNECT from [10.${index >> 16}.${(index >> 8) & 255}.${index & 255}]:4000 to [192.0.2.1]:25`),
  );
  expect(connects(...many, served("connect from unknown[10.0.0.0]"))).toBe(20_002);
  expect(connects(...many, served("connect from unknown[10.0.78.32]"))).toBe(20_001);
});
