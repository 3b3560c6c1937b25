/**
 * A large log for measuring: the line shapes of a busy Postfix relay (sessions, messages in and out, deferrals, rejects, TLS), made
 * up from a fixed seed. All names and addresses are from the blocks kept for documentation.
 */
import { LogWriter } from "./log-writer.ts";

/** Numbers of a fixed sequence (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns lines written: `lines` or a few more, since the last message is finished */
export function writeRealisticLog(path: string, lines: number, seed = 1): number {
  const random = randomNumbers(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const log = new LogWriter(path);
  const put: Put = (program, pid, text) => log.put(program, pid, text);
  while (log.lines < lines) {
    if (random() < 0.3) log.seconds += 1;
    message(put, whole, random);
  }
  return log.end();
}

/** Few peers have most of the mail: half of it comes from an eighth of them. */
export function rank(below: number, random: () => number): number {
  return Math.floor(below * random() ** 3);
}

type Put = (program: string, pid: number, message: string) => void;

function message(put: Put, whole: (below: number) => number, random: () => number): void {
  const client = rank(4000, random);
  const from = `client${client}.sender${client % 700}.example[198.51.100.${client % 250}]`;
  const pid = 20_000 + whole(400);
  put("smtpd", pid, `connect from ${from}`);
  const fate = random();
  if (fate < 0.06) {
    const reply = "554 5.7.1 <someone@recipient.example>: Relay access denied";
    put(
      "smtpd",
      pid,
      `NOQUEUE: reject: RCPT from ${from}: ${reply}; from=<a${client}@sender.example> to=<someone@recipient.example> proto=ESMTP helo=<x>`,
    );
    put("smtpd", pid, `lost connection after RCPT from ${from}`);
    put("smtpd", pid, `disconnect from ${from} ehlo=1 mail=1 rcpt=0/1 commands=2/3`);
    return;
  }
  if (random() < 0.4) {
    put(
      "smtpd",
      pid,
      `Anonymous TLS connection established from ${from}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519`,
    );
  }
  if (fate < 0.07) {
    put("smtpd", pid, `timeout after DATA (${random() < 0.5 ? 0 : whole(60_000)} bytes) from ${from}`);
    put("smtpd", pid, `disconnect from ${from} ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4`);
    return;
  }
  const id = (0x100000 + whole(0xeffff)).toString(16).toUpperCase() + whole(0xfffffff).toString(16).toUpperCase().padStart(7, "0");
  put("smtpd", pid, `${id}: client=${from}`);
  put("cleanup", pid + 1, `${id}: message-id=<${whole(2 ** 31)}.${whole(2 ** 31)}@mail.sender${client % 700}.example>`);
  put("qmgr", 812, `${id}: from=<user${client}@sender${client % 700}.example>, size=${900 + whole(60_000)}, nrcpt=1 (queue active)`);
  put("smtpd", pid, `disconnect from ${from} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`);
  const host = rank(900, random);
  const relay = `mx${host}.recipient${host}.example[203.0.113.${host % 250}]`;
  const to = `to=<person${whole(5000)}@recipient${host}.example>, relay=${relay}:25`;
  if (random() < 0.03) {
    const reason =
      random() < 0.5
        ? `conversation with ${relay} timed out while sending message body`
        : `lost connection with ${relay} while sending RCPT TO`;
    put("smtp", pid + 2, `${id}: ${to}, delay=181, delays=0.02/0.01/0.4/180, dsn=4.4.2, status=deferred (${reason})`);
    if (random() < 0.5) return;
  }
  put(
    "smtp",
    pid + 2,
    `${id}: ${to}, delay=${(random() * 9).toFixed(1)}, delays=0.0${whole(9)}/0.01/0.${whole(9)}/${(random() * 5).toFixed(1)}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${id.slice(2)}F1)`,
  );
  put("qmgr", 812, `${id}: removed`);
}
