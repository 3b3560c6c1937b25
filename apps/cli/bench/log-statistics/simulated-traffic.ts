/**
 * Mail traffic of one peer as a Postfix of this side logs it: messages, their sizes, which attempts stall, and retries with growing
 * waits. Whether an attempt stalls is decided by a rule that is given; nothing else here knows of faults.
 */
import type { Direction } from "@mxray/contracts";

/** Numbers from 0 to 1, of a fixed sequence. */
export type Random = () => number;

export interface Attempt {
  /** Seconds since the log began. */
  readonly second: number;
  /** Bytes. */
  readonly size: number;
}

export interface Traffic {
  readonly direction: Direction;
  /** Arrivals of messages, seconds since the log began, and their sizes. */
  readonly messages: readonly Attempt[];
  readonly stalls: (attempt: Attempt, messageNumber: number) => boolean;
}

export interface TimedLine {
  readonly second: number;
  readonly text: string;
}

/** Waits between attempts, seconds: Postfix's minimal_backoff_time doubled up to maximal_backoff_time. */
const WAITS = [300, 600, 1200, 2400, 4000] as const;
/** How long a stall takes until it is logged, seconds, with the words. */
const OUTBOUND_STALLS = [
  [180, "conversation with RELAY timed out while sending message body"],
  [600, "conversation with RELAY timed out while sending end of data -- message may be sent more than once"],
  [40, "lost connection with RELAY while sending message body"],
  [250, "lost connection with RELAY while sending end of data -- message may be sent more than once"],
] as const;

/** @param peer number of the peer in the log @param end second at which the log ends */
export function trafficLines(traffic: Traffic, peer: number, end: number, random: Random): TimedLine[] {
  const lines: TimedLine[] = [];
  const put = (second: number, text: string) => {
    if (second < end) lines.push({ second, text });
  };
  for (const [number, message] of traffic.messages.entries()) {
    const id = `${(0x10 + peer).toString(16).toUpperCase()}${(0x100000 + number).toString(16).toUpperCase()}`;
    if (traffic.direction === "outbound") outboundMessage(traffic, message, number, { id, peer, end, random, put });
    else inboundMessage(traffic, message, number, { id, peer, end, random, put });
  }
  return lines;
}

interface Writing {
  readonly id: string;
  readonly peer: number;
  readonly end: number;
  readonly random: Random;
  readonly put: (second: number, text: string) => void;
}

function outboundMessage({ stalls }: Traffic, message: Attempt, number: number, { id, peer, end, random, put }: Writing): void {
  const relay = `mx.recipient${peer}.example[192.0.2.${peer}]`;
  const to = `${id}: to=<b@recipient${peer}.example>, relay=${relay}:25`;
  let { second } = message;
  for (let attempt = 0; second < end; attempt += 1) {
    put(second, `postfix/qmgr[9]: ${id}: from=<a@sender.example>, size=${message.size}, nrcpt=1 (queue active)`);
    if (!stalls({ ...message, second }, number)) {
      put(second + 1, `postfix/smtp[${700 + peer}]: ${to}, delay=1, delays=0.1/0/0.3/0.6, dsn=2.0.0, status=sent (250 2.0.0 Ok)`);
      put(second + 1, `postfix/qmgr[9]: ${id}: removed`);
      return;
    }
    const [seconds, words] = OUTBOUND_STALLS[Math.floor(random() * OUTBOUND_STALLS.length)] ?? OUTBOUND_STALLS[0];
    const reason = words.replace("RELAY", relay);
    const record = `${to}, delay=${seconds + 1}, delays=0.1/0/0.3/${seconds}, dsn=4.4.2, status=deferred (${reason})`;
    second += seconds;
    put(second, `postfix/smtp[${700 + peer}]: ${record}`);
    second += (WAITS[Math.min(attempt, WAITS.length - 1)] ?? 300) + Math.floor(random() * 60);
  }
}

/** The client tries again itself; what it had sent before the stall differs from one to the next. */
function inboundMessage({ stalls }: Traffic, message: Attempt, number: number, { id, peer, end, random, put }: Writing): void {
  const client = `out.sender${peer}.example[198.51.100.${peer}]`;
  const tag = `postfix/smtpd[${800 + peer}]`;
  let { second } = message;
  for (let attempt = 0; second < end; attempt += 1) {
    put(second, `${tag}: connect from ${client}`);
    if (!stalls({ ...message, second }, number)) {
      put(second, `${tag}: ${id}: client=${client}`);
      put(second + 1, `postfix/qmgr[9]: ${id}: from=<a@sender.example>, size=${message.size}, nrcpt=1 (queue active)`);
      put(second + 1, `${tag}: disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`);
      return;
    }
    const bytes = random() < 0.5 ? 0 : Math.floor(random() * message.size);
    const lost = random() < 0.5;
    second += lost ? 20 : 300;
    put(second, `${tag}: ${lost ? "lost connection" : "timeout"} after DATA (${bytes} bytes) from ${client}`);
    put(second, `${tag}: disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4`);
    second += (WAITS[Math.min(attempt, WAITS.length - 1)] ?? 300) + Math.floor(random() * 60);
  }
}
