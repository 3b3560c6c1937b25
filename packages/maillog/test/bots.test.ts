import { isBot } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { readLog } from "./fixtures.ts";

const CLIENT = "[198.51.100.8]";
/** A line at a second of the day. */
function at(second: number, program: string, text: string): string {
  return `2026-01-05T${new Date(second * 1000).toISOString().slice(11, 19)}Z mx1 postfix/${program}: ${text}\n`;
}
const screen = (second: number, text: string) => at(second, "postscreen[3]", text);
const served = (second: number, text: string) => at(second, "smtpd[7]", text);

/** A session of smtpd's that is lost after so many seconds. */
function session(second: number, lasted: number, end = "lost connection after EHLO"): string {
  return [
    served(second, `connect from unknown${CLIENT}`),
    served(second + lasted, `${end} from unknown${CLIENT}`),
    served(second + lasted, `disconnect from unknown${CLIENT} ehlo=1 commands=1`),
  ].join("");
}
const delivered = (second: number) =>
  served(second, `4A7B00C1: client=unknown${CLIENT}`) +
  at(second, "qmgr[1]", "4A7B00C1: from=<a@sender.example>, size=900, nrcpt=1 (queue active)");

const sessions = (count: number, lasted: number) => Array.from({ length: count }, (_, index) => session(100 * index, lasted)).join("");
const peersOf = (...lines: string[]) => readLog(lines.join("")).counter.statistics().peers;
const botsOf = (...lines: string[]) => peersOf(...lines).filter(isBot).length;

describe("a positive sign", () => {
  test.each([
    ["talks before the greeting", screen(1, `PREGREET 14 after 0.05 from ${CLIENT}:4000: EHLO x\\r\\n`)],
    ["is on a block list", screen(1, `DNSBL rank 6 for ${CLIENT}:4000`)],
    ["hangs up in the tests", screen(1, `HANGUP after 0.5 from ${CLIENT}:4000 in tests before SMTP handshake`)],
    ["guesses passwords", served(1, `warning: unknown${CLIENT}: SASL LOGIN authentication failed: UGFzc3dvcmQ6`)],
    ["scans", served(1, `warning: non-SMTP command from unknown${CLIENT}: GET / HTTP/1.1`)],
    ["does not wait for replies", screen(1, `COMMAND PIPELINING from ${CLIENT}:4000 after EHLO: x`)],
  ])("%s", (_, line) => {
    expect(botsOf(line, session(10, 1))).toBe(1);
    expect(botsOf(line, session(10, 1), delivered(20))).toBe(0);
    expect(botsOf(line, session(10, 1), session(20, 300, "timeout after EHLO"))).toBe(0);
    expect(botsOf(line, session(10, 31))).toBe(0);
    expect(botsOf(line, session(10, 40, "lost connection after DATA (0 bytes)"))).toBe(0);
  });

  test.each([
    [
      "Exim: guesses passwords",
      "2026-01-05 00:00:01 login_server authenticator failed for (User) [198.51.100.8]: 535 Incorrect authentication data",
    ],
    [
      "Exim: talks before the greeting",
      '2026-01-05 00:00:01 SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[198.51.100.8] input="x"',
    ],
    [
      "Sendmail: guesses passwords",
      "2026-01-05T00:00:01Z mx1 sm-mta[3]: v8GABCde012345: bad.example [198.51.100.8]: possible SMTP attack: command=AUTH, count=3",
    ],
    [
      "Sendmail: a failed log-in",
      "2026-01-05T00:00:01Z mx1 sm-mta[3]: v8GABCde012345: AUTH failure (LOGIN): user not found (-20) SASL(-13): user not found: checkpass failed, relay=bad.example [198.51.100.8]",
    ],
    [
      "Sendmail: talks before the greeting",
      "2026-01-05T00:00:01Z mx1 sm-mta[3]: v8GABCde012345: rejecting commands from bad.example [198.51.100.8] due to pre-greeting traffic after 0 seconds",
    ],
  ])("%s", (_, line) => {
    expect(botsOf(`${line}\n`, session(10, 1))).toBe(1);
    expect(botsOf(`${line}\n`, session(10, 1), delivered(20))).toBe(0);
  });

  test("a client that hangs up after more than 30 seconds may have waited for a lost packet", () => {
    expect(botsOf(screen(1, `HANGUP after 45 from ${CLIENT}:4000 in tests before SMTP handshake`))).toBe(0);
  });
});

describe("without one", () => {
  test("ten short sessions and no delivery are a bot's", () => {
    expect(botsOf(sessions(10, 2))).toBe(1);
    expect(botsOf(sessions(9, 2))).toBe(0);
    expect(botsOf(sessions(10, 2), delivered(5000))).toBe(0);
    expect(botsOf(sessions(30, 31))).toBe(0);
  });

  test("sessions that time out are none, however many: so does everybody behind a black hole", () => {
    const hole = Array.from({ length: 40 }, (_, index) => session(400 * index, 300, "timeout after STARTTLS")).join("");
    expect(botsOf(hole)).toBe(0);
  });
});

test("bots come behind all others", () => {
  const other = (text: string) => at(5, "smtpd[9]", `${text} from out.sender.example[198.51.100.9]`);
  const peers = peersOf(sessions(20, 2), other("connect"), other("timeout after DATA (0 bytes)"), other("disconnect"));
  expect(peers.map(({ address }) => address)).toEqual(["198.51.100.9", "198.51.100.8"]);
});
