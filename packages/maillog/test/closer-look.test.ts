import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { randomNumbers } from "../bench/realistic-log.ts";
import { ByteWords } from "../src/bytes/byte-words.ts";
import { closerLook } from "../src/lines/closer-look.ts";
import { LineParser } from "../src/lines/line-parser.ts";
import { testClock } from "./fixtures.ts";

/** Whole signs, parts of them, and what surrounds them in logs. */
const PIECES = [
  ..."17: 123456789: 17:2026-01-05 postfix Postfix POSTFIX sendmail SendMail sm-mta SM-A sm- exim eXiM exi dma ix x m X M | || |\t2026- |2026- ".split(
    " ",
  ),
  ...["| 2026-", "Jan  5 ", "Dec 31 ", "2026-01-05 ", "2026-01-05T", "04:11:22 ", "mx1 ", "connect", "CONV", "lost", "Timeout"],
  ...[
    "too many",
    "disconnect",
    "host ",
    "SSL_",
    "NOQUEUE",
    "enabling",
    "Cannot",
    "4F2D11B8A0: ",
    "4F2D1: ",
    "abc: ",
    " ",
    "> ",
    "[",
    "]: ",
  ],
  ...[
    "sshd[12]: ",
    "kernel: ",
    "postfix/smtp[3]: ",
    "lost connection after DATA from a[192.0.2.1]",
    "\x1b[0m",
    "\xef\xbb\xbf",
    "é",
    "=",
    "1",
  ],
];
const SIGNS =
  /postfix|sendmail|sm-[a-z]|exim|^[^A-Za-z0-9]*(?:(?:\d{1,9}:)?\d{4}-\d\d-\d\d |connect|conv|lost|timeout|too many|disconnect|host |SSL_|NOQUEUE|enabling|Cannot|[0-9A-Za-z]{6,24}: )|\|[ \t]+\d{4}-/i;

function randomLines(count: number): string[] {
  const random = randomNumbers(11);
  const line = () => Array.from({ length: Math.floor(random() * 7) }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");
  return Array.from({ length: count }, line);
}

test("the quick test over bytes finds every line that has a sign", () => {
  let found = 0;
  for (const line of randomLines(100_000)) {
    const bytes = Buffer.from(`junk ${line} postfix`, "latin1");
    const text = Buffer.from(line, "latin1").toString("latin1");
    const look = closerLook(bytes, new ByteWords().of(bytes), 5, 5 + text.length);
    if ((look !== null) !== SIGNS.test(text)) expect(look, JSON.stringify(line)).toBe(SIGNS.test(text) ? text : null);
    if (look !== null) found += 1;
  }
  expect(found).toBeGreaterThan(25_000);
});

test("a line is read alike whether its beginning was read before or not", () => {
  const clock = testClock();
  const result = (parser: LineParser, line: string) => {
    const bytes = Buffer.from(line, "latin1");
    const entry = parser.parse(bytes, 0, bytes.length);
    if (entry === null) return null;
    const { timeMs, host, program, pid, event, textFrom, textTo } = entry;
    return { timeMs, host: host.name, program, pid, event, textFrom, textTo };
  };
  const used = new LineParser(clock);
  let mail = 0;
  for (const line of randomLines(10_000)) {
    const text = `Jan  5 04:11:22 mx1 ${line}`;
    const first = result(new LineParser(clock), text);
    if (JSON.stringify(result(used, text)) !== JSON.stringify(first)) expect(result(used, text), text).toEqual(first);
    if (first !== null) mail += 1;
  }
  expect(mail).toBeGreaterThan(150);
});
