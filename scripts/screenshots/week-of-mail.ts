/**
 * The log of a small relay over the last week, for pictures: more mail by day than by night, mail in and out, one peer towards
 * which large mail began to stall two days ago, and a few that are busy, slow or gone now and then. Made up from a fixed seed.
 */
import { randomNumbers } from "../../packages/maillog/bench/realistic-log.ts";

const DAYS = 7;
const MESSAGES_AN_HOUR = 45;
const HOUR_MS = 3_600_000;
/** Bytes of body from which on the peer with the black hole gets nothing. */
const HANGS_FROM = 1300;
const PEERS = "northwind contoso fabrikam adatum litware proseware tailspin wingtip woodgrove trey lucerne margie".split(" ");

export interface Relay {
  readonly name: string;
  readonly address: string;
}

/** @param stalling where large mail hangs; bytes of message, not of packet, decide */
export function weekOfMail(stalling: Relay, now = Date.now(), seed = 7): string {
  const random = randomNumbers(seed);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from));
  const lines: [at: number, line: string][] = [];
  const put = (at: number, program: string, message: string) => {
    const time = new Date(at).toISOString().replace("Z", "+00:00");
    if (at < now) lines.push([at, `${time} mx1 postfix/${program}: ${message}`]);
  };
  let id = 0x4f00000000;
  for (let at = now - DAYS * 24 * HOUR_MS; at < now; ) {
    const hour = new Date(at).getUTCHours();
    const busy = 0.35 + 0.65 * Math.max(0, Math.sin(((hour - 5) / 15) * Math.PI));
    at += (HOUR_MS / MESSAGES_AN_HOUR / busy) * (0.4 + 1.2 * random());
    id += whole(3, 4000);
    const queueId = id.toString(16).toUpperCase();
    const size = Math.round(Math.exp(6.4 + 4.2 * random() ** 1.4));
    if (random() < 0.42) receive(at, queueId, size);
    else send(at, queueId, size);
  }
  return `${lines
    .toSorted(([a], [b]) => a - b)
    .map(([, line]) => line)
    .join("\n")}\n`;

  function receive(at: number, queueId: string, size: number): void {
    const name = PEERS[Math.floor(PEERS.length * random() ** 2)] ?? "";
    const from = `out.${name}.example[198.51.100.${PEERS.indexOf(name) + 10}]`;
    put(at, "smtpd[2101]", `connect from ${from}`);
    if (random() < 0.015) {
      put(at + 300_000, "smtpd[2101]", `timeout after DATA (${whole(900, 60_000)} bytes) from ${from}`);
      return;
    }
    put(at + 400, "smtpd[2101]", `${queueId}: client=${from}`);
    put(at + 600, "qmgr[812]", `${queueId}: from=<news@${name}.example>, size=${size}, nrcpt=1 (queue active)`);
    put(at + 700, "smtpd[2101]", `disconnect from ${from} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`);
    put(
      at + 900,
      "lmtp[977]",
      `${queueId}: to=<anna@example.org>, relay=store[/run/lmtp], delay=0.5, delays=0.2/0/0/0.3, dsn=2.0.0, status=sent (250 2.0.0 saved)`,
    );
    put(at + 950, "qmgr[812]", `${queueId}: removed`);
  }

  function send(at: number, queueId: string, size: number): void {
    const bad = random() < 0.14;
    const name = PEERS[Math.floor(PEERS.length * random() ** 2)] ?? "";
    const relay = bad ? `${stalling.name}[${stalling.address}]:25` : `mx.${name}.example[203.0.113.${PEERS.indexOf(name) + 100}]:25`;
    const to = `to=<office@${bad ? stalling.name.replace(/^mx\./, "") : `${name}.example`}>, relay=${relay}`;
    put(at, "qmgr[812]", `${queueId}: from=<anna@example.org>, size=${size}, nrcpt=1 (queue active)`);
    const host = relay.replace(/:25$/, "");
    if (bad && size > HANGS_FROM && at > now - 52 * HOUR_MS) {
      put(
        at + 610_000,
        "smtp[990]",
        `${queueId}: ${to}, delay=610, delays=0.1/0/0.6/609, dsn=4.4.2, status=deferred (conversation with ${host} timed out while sending end of data -- message may be sent more than once)`,
      );
      return;
    }
    if (random() < 0.02) {
      put(
        at + 40_000,
        "smtp[990]",
        `${queueId}: ${to}, delay=40, delays=0.1/0/40/0, dsn=4.7.1, status=deferred (host ${host} said: 451 4.7.1 Greylisted, please try again later (in reply to RCPT TO command))`,
      );
      at += 900_000;
    }
    put(
      at + whole(500, 4000),
      "smtp[990]",
      `${queueId}: ${to}, delay=1.4, delays=0.1/0/0.6/0.7, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)`,
    );
    put(at + 4100, "qmgr[812]", `${queueId}: removed`);
  }
}
