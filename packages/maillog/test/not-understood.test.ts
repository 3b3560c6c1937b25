/** Which lines of mail programs are reported as not understood, and which are not. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { LOG_CAPS } from "@mxray/contracts";
import { expect, test } from "vitest";
import { readLog } from "./fixtures.ts";

const notUnderstood = (lines: readonly (string | Buffer)[]) =>
  readLog(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]))).counter.sums().notUnderstood;
const postfix = (program: string, text: string) => `Jan  5 04:11:22 mx1 postfix/${program}[12]: ${text}`;

test("lines that mail programs write in normal operation are none, one by one", () => {
  const log = readFileSync(new URL("../fixtures/ordinary.synthetic.log", import.meta.url), "utf8");
  const lines = log.split("\n").filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => notUnderstood([line]).lines > 0)).toEqual([]);
});

test("each program has its count and its first line, the most lines first", () => {
  const { lines, programs } = notUnderstood([
    postfix("smtp", "4F2D11B8A0: wibbled towards mx.example.test[192.0.2.1]:25"),
    postfix("smtpd", "wobbled from unknown[192.0.2.1]"),
    postfix("smtpd", "connect from unknown[192.0.2.1]"),
    postfix("smtpd", "wobbled again from unknown[192.0.2.2]"),
    postfix("cleanup", "4F2D11B8A0: message-id=<x@example.test>"),
    "Jan  5 04:11:23 mx1 CRON[1]: (root) CMD (true)",
    "Jan  5 04:11:23 mx1 sm-mta[77]: v8GABCde012345: wubbled",
    "2026-01-05 04:11:24 16ZCW1-0005MB-00 wabbled at H=mx.example.test [192.0.2.1]",
  ]);
  expect(lines).toBe(5);
  expect(programs).toEqual([
    { program: "postfix/smtpd", lines: 2, example: { file: "test.log", line: 2, text: "wobbled from unknown[192.0.2.1]" } },
    {
      program: "postfix/smtp",
      lines: 1,
      example: { file: "test.log", line: 1, text: "4F2D11B8A0: wibbled towards mx.example.test[192.0.2.1]:25" },
    },
    { program: "sm-mta", lines: 1, example: { file: "test.log", line: 7, text: "v8GABCde012345: wubbled" } },
    {
      program: "exim",
      lines: 1,
      example: { file: "test.log", line: 8, text: "16ZCW1-0005MB-00 wabbled at H=mx.example.test [192.0.2.1]" },
    },
  ]);
});

test("a mail program that mxray does not read is named; its lines are not recognised", () => {
  const log = [
    "Jan  5 04:11:22 mx1 smtpd[12]: 1a2b3c smtp connected address=192.0.2.1 host=mx.example.test",
    "Jan  5 04:11:23 mx1 smtpd[12]: 1a2b3c smtp disconnected reason=quit",
    "Jan  5 04:11:23 mx1 qmail: 1500000000.000000 delivery 1: deferral: later/",
    "Jan  5 04:11:23 mx1 dovecot: imap-login: Login: user=<a>",
  ].join("\n");
  const { counts, counter } = readLog(log);
  expect(counts).toEqual({ lines: 4, recognised: 0 });
  expect(counter.sums().notUnderstood.programs.map(({ program, lines }) => [program, lines])).toEqual([
    ["smtpd", 2],
    ["qmail", 1],
  ]);
});

test("repetitions count, as syslog reports them", () => {
  expect(notUnderstood([postfix("smtpd", "wobbled"), "Jan  5 04:11:23 mx1 last message repeated 3 times"]).lines).toBe(4);
});

test("a hostile log: few programs, short and printable texts, no local part", () => {
  const hostile = Array.from({ length: 1000 }, (_, index) =>
    Buffer.concat([
      Buffer.from(`Jan  5 04:11:22 mx1 postfix${index}/smtpd[12]: wobbled \x1b]0;title\x07 secret.person@example.test `),
      Buffer.alloc(5000, 0xff),
    ]),
  );
  const { lines, programs } = notUnderstood(hostile);
  expect(lines).toBe(1000);
  expect(programs).toHaveLength(LOG_CAPS.programs);
  for (const { program, example } of programs) {
    expect(program.length).toBeLessThanOrEqual(100);
    expect(example.text.length).toBeLessThanOrEqual(LOG_CAPS.exampleText);
    expect(example.text).not.toMatch(/secret|\p{Cc}/u);
    expect(example.text).toContain("…@example.test");
  }
});
