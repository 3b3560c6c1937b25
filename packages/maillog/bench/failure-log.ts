/**
 * A large log full of failures for measuring: the log of a host in trouble, in which most attempts fail and the queue grows. The
 * lines of the failures are those of the fixtures, with other clients, hosts, messages, processes and times from a fixed seed.
 */
import { readFileSync } from "node:fs";
import { LogWriter } from "./log-writer.ts";
import { randomNumbers, rank } from "./realistic-log.ts";

const CLIENTS = 6000;
const HOSTS = 1500;
/** Messages that wait for their next attempt. */
const MOST_WAITING = 20_000;
const QUEUE_ID = "4F2D11B8A0";

interface Failure {
  readonly program: string;
  readonly text: string;
}

/** What smtpd logs of a session that breaks. */
const SESSIONS = linesOf("postfix-server-where", /^smtpd$/, / (?:after|from) .*sender\.example\[198\.51\.100\.7\]/);
/** Each attempt is one record, or the line of a first host and the record of a second one. */
const ATTEMPTS = [
  ...linesOf("postfix-deliveries", /^smtp$/, /dsn=[45].*status=(?:deferred|bounced) /).map((record) => [record]),
  ...pairs(linesOf("postfix-client-states", /^smtp$/, /./)),
];

interface Waiting {
  readonly id: string;
  readonly host: number;
  attempts: number;
}

/** @returns lines written: `lines` or a few more, since the last message is finished */
export function writeFailureLog(path: string, lines: number, seed = 1): number {
  const random = randomNumbers(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const log = new LogWriter(path);
  const waiting: Waiting[] = [];
  while (log.lines < lines) {
    if (random() < 0.3) log.seconds += 1;
    const fate = random();
    if (fate < 0.2) brokenSession(log, random, whole);
    else if (fate < 0.5 && waiting.length < MOST_WAITING) waiting.push(accept(log, random, whole));
    else if (waiting.length > 0) attempt(log, whole, waiting);
  }
  return log.end();
}

function brokenSession(log: LogWriter, random: () => number, whole: (below: number) => number): void {
  const client = clientOf(rank(CLIENTS, random));
  const pid = 20_000 + whole(400);
  const { program, text } = pick(SESSIONS, whole);
  log.put(program, pid, `connect from ${client}`);
  log.put(program, pid, text.replace(/client\.sender\.example\[198\.51\.100\.7\]/g, client).replaceAll(QUEUE_ID, idOf(whole)));
  log.put(program, pid, `disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4`);
}

function accept(log: LogWriter, random: () => number, whole: (below: number) => number): Waiting {
  const client = clientOf(rank(CLIENTS, random));
  const pid = 20_000 + whole(400);
  const id = idOf(whole);
  log.put("smtpd", pid, `connect from ${client}`);
  log.put("smtpd", pid, `${id}: client=${client}`);
  log.put("cleanup", pid + 1, `${id}: message-id=<${whole(2 ** 31)}@sender.example>`);
  log.put("qmgr", 812, `${id}: from=<bob@sender.example>, size=${900 + whole(60_000)}, nrcpt=1 (queue active)`);
  log.put("smtpd", pid, `disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`);
  return { id, host: rank(HOSTS, random), attempts: 0 };
}

/** One in six arrives; after five attempts the message expires. */
function attempt(log: LogWriter, whole: (below: number) => number, waiting: Waiting[]): void {
  const place = whole(waiting.length);
  const message = waiting[place] as Waiting;
  const { id, host } = message;
  const pid = 30_000 + whole(400);
  if (message.attempts > 0) log.put("qmgr", 812, `${id}: from=<bob@sender.example>, size=20810, nrcpt=1 (queue active)`);
  message.attempts += 1;
  const arrives = whole(6) === 0;
  if (arrives) {
    const relay = `mx.recipient${host}.example[203.0.113.${host % 250}]:25`;
    log.put(
      "smtp",
      pid,
      `${id}: to=<x@recipient${host}.example>, relay=${relay}, delay=4, delays=3/0.01/0.4/0.6, dsn=2.0.0, status=sent (250 Ok)`,
    );
  } else {
    for (const { program, text } of pick(ATTEMPTS, whole)) log.put(program, pid, atHost(text, host).replaceAll(QUEUE_ID, id));
  }
  if (!arrives && message.attempts < 5) return;
  if (!arrives) log.put("qmgr", 812, `${id}: from=<bob@sender.example>, status=expired, returned to sender`);
  log.put("qmgr", 812, `${id}: removed`);
  waiting[place] = waiting.at(-1) as Waiting;
  waiting.pop();
}

function atHost(text: string, host: number): string {
  return text.replaceAll("recipient.example", `recipient${host}.example`).replace(/203\.0\.113\.[12]/g, `203.0.113.${host % 250}`);
}

function clientOf(client: number): string {
  return `client${client}.sender${client % 700}.example[198.51.${client >> 8}.${client & 255}]`;
}

function idOf(whole: (below: number) => number): string {
  return `${(0x100000 + whole(0xeffff)).toString(16)}${whole(0xfffff).toString(16).padStart(5, "0")}`.toUpperCase();
}

function pick<T>(from: readonly T[], whole: (below: number) => number): T {
  return from[whole(from.length)] as T;
}

function pairs<T>(items: readonly T[]): T[][] {
  return items.flatMap((item, index) => (index % 2 === 1 ? [[items[index - 1] as T, item]] : []));
}

/** Lines of a fixture by their program and text, without their beginning. */
function linesOf(fixture: string, program: RegExp, text: RegExp): Failure[] {
  const lines = readFileSync(new URL(`../fixtures/${fixture}.synthetic.log`, import.meta.url), "latin1").split("\n");
  return lines.flatMap((line) => {
    const [, name = "", message = ""] = /postfix\/([^[]+)\[[0-9]+\]: (.*)$/.exec(line) ?? [];
    return program.test(name) && text.test(message) ? [{ program: name, text: message }] : [];
  });
}
