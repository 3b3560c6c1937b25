/**
 * A small random mail log: some relays and clients, few enough that names, addresses and ports meet in every way, with attempts
 * that run at the same time and are cut off by the end of the log. Names and addresses are from the blocks kept for documentation.
 */

const PORTS = [25, 465, 587, 2525, null] as const;
const STAGES = [
  "receiving the initial server greeting",
  "performing the EHLO handshake",
  "sending RCPT TO",
  "sending message body",
  "sending end of data -- message may be sent more than once",
] as const;
const LOST_AFTER = ["CONNECT", "EHLO", "RCPT", "DATA (0 bytes)", "DATA (1460 bytes)", "DATA (65536 bytes)", "END-OF-MESSAGE"] as const;

interface Line {
  readonly second: number;
  readonly text: string;
}

export class RandomLog {
  readonly #random: () => number;
  readonly #lines: Line[] = [];
  readonly #precise: boolean;
  /** Whether large messages stall and small ones arrive. */
  readonly #hole: boolean;
  #ids = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.#precise = random() < 0.3;
    this.#hole = random() < 0.2;
  }

  text(): string {
    const messages = (this.#hole ? 25 : 1) + this.#below(14);
    for (let count = 0; count < messages; count += 1) {
      const second = this.#below(1200);
      const kind = this.#random();
      if (kind < 0.6) this.#postfixMessage(second);
      else if (kind < 0.7) this.#eximMessage(second);
      else if (kind < 0.8) this.#sendmailMessage(second);
      else this.#clientSession(second);
    }
    const lines = this.#lines.map((line, index) => ({ ...line, index })).sort((a, b) => a.second - b.second || a.index - b.index);
    const kept = this.#random() < 0.3 ? lines.slice(0, this.#below(lines.length + 1)) : lines;
    return kept.map(({ text }) => `${text}\n`).join("");
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #of<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }

  #chance(of: number): boolean {
    return this.#random() < of;
  }

  #stamp(second: number): string {
    const time = new Date(Date.UTC(2026, 10, 20, 10, 0, second, this.#precise ? this.#below(1000) : 0)).toISOString();
    return this.#precise ? time : `Nov 20 ${time.slice(11, 19)}`;
  }

  #syslog(second: number, tag: string, text: string, host = "mail1"): void {
    this.#lines.push({ second, text: `${this.#stamp(second)} ${host} ${tag}: ${text}` });
  }

  #queueId(): string {
    this.#ids += 1;
    return `4A7${this.#ids.toString(16).toUpperCase().padStart(8, "0")}`;
  }

  #size(): number {
    return this.#chance(0.5) ? 300 + this.#below(1000) : 1500 + this.#below(60_000);
  }

  /** A host by name and address; a name has several addresses. */
  #server(): string {
    const host = this.#below(2);
    const address = `192.0.2.${host * 10 + this.#below(2)}`;
    return this.#chance(0.1) ? `[${address}]` : `relay${host}.example.test[${address}]`;
  }

  #postfixMessage(from: number): void {
    const [id, host] = [this.#queueId(), this.#chance(0.8) ? "mail1" : "mail2"];
    const recipients = this.#chance(0.3) ? 2 : 1;
    let second = from;
    const size = this.#size();
    if (this.#chance(0.3)) this.#syslog(second, `postfix/smtpd[${700 + this.#below(3)}]`, `${id}: client=${this.#client()}`, host);
    const active = `${id}: from=<a@sender.example>, size=${size}, nrcpt=${recipients} (queue active)`;
    const attempt = (recipient: number) =>
      this.#hole ? this.#attemptAcrossHole(second, id, size, host) : this.#attempt(second, id, recipient, host);
    for (let attempts = 0; attempts < 3; attempts += 1) {
      if (this.#chance(0.9)) this.#syslog(second, "postfix/qmgr[99]", active, host);
      let done = true;
      for (let recipient = 0; recipient < recipients; recipient += 1) done = attempt(recipient) && done;
      second += 30 + this.#below(400);
      if (!done) continue;
      this.#syslog(second, "postfix/qmgr[99]", `${id}: removed`, host);
      return;
    }
  }

  /** Some servers break, then one takes the message or refuses it, or breaks, too. */
  #attempt(from: number, id: string, recipient: number, host: string): boolean {
    const tag = `postfix/smtp[${800 + this.#below(3)}]`;
    const port = this.#of(PORTS);
    let second = from + this.#below(3);
    for (let broken = this.#below(3); broken > 0; broken -= 1) {
      this.#syslog(second, tag, `${id}: ${this.#broke(this.#server())}`, host);
      second += this.#below(90);
    }
    // Killed by its watchdog.
    if (this.#chance(0.05)) return false;
    const server = this.#server();
    const relay = this.#chance(0.05) ? "none" : `${server}${port === null ? "" : `:${port}`}`;
    if (relay !== "none" && this.#chance(0.1)) {
      this.#syslog(second, tag, `${id}: enabling PIX workarounds: disable_esmtp delay_dotcrlf for ${server}:${port ?? 25}`, host);
    }
    const to = `${id}: to=<b${recipient}@recipient.example>, relay=${relay}, delay=${second - from + 1}, delays=0.1/0/0.2/${second - from}`;
    const fate = relay === "none" ? 1 : this.#random();
    if (fate < 0.5) this.#syslog(second, tag, `${to}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4ZqX)`, host);
    else if (fate < 0.6) this.#syslog(second, tag, `${to}, dsn=5.1.1, status=bounced (host ${server} said: 550 5.1.1 no such user)`, host);
    else if (fate < 0.9) this.#syslog(second, tag, `${to}, dsn=4.4.2, status=deferred (${this.#broke(server)})`, host);
    else this.#refusedAttempt(second, tag, { to, server, host });
    return fate < 0.6;
  }

  /** By no connection, by a rule of ours about TLS, or by a size limit; often with a line before the record. */
  #refusedAttempt(second: number, tag: string, { to, server, host }: { to: string; server: string; host: string }): void {
    const [dsn, reason] = this.#of([
      ["4.4.1", `connect to ${server}:25: Connection timed out`],
      ["4.4.1", `connect to ${server}:25: Connection refused`],
      ["4.7.4", `TLS is required, but was not offered by host ${server}`],
      ["4.7.5", "Server certificate not verified"],
      ["4.7.5", "Cannot start TLS: handshake failure"],
      ["5.3.4", `message size 52428801 exceeds size limit 10485760 of server ${server}`],
    ] as const);
    if (reason.startsWith("connect to ") && this.#chance(0.7)) this.#syslog(second, tag, reason, host);
    this.#syslog(second, tag, `${to}, dsn=${dsn}, status=deferred (${reason})`, host);
  }

  /** Two addresses of one relay; the first one's trouble is logged without the port. */
  #attemptAcrossHole(from: number, id: string, size: number, host: string): boolean {
    const tag = `postfix/smtp[${800 + this.#below(3)}]`;
    const server = "relay0.example.test[192.0.2.8]";
    const stalled = size > 1400;
    const second = from + (stalled ? 180 : 1);
    if (stalled && this.#chance(0.7)) {
      this.#syslog(second, tag, `${id}: conversation with ${server} timed out while sending message body`, host);
      const to = `${id}: to=<b@recipient.example>, relay=relay0.example.test[192.0.2.9]:587, delay=181, delays=0.1/0/181/0, dsn=4.4.1`;
      this.#syslog(second + 1, tag, `${to}, status=deferred (connect to relay0.example.test[192.0.2.9]:587: Connection refused)`, host);
      return false;
    }
    const to = `${id}: to=<b@recipient.example>, relay=${server}:587, delay=${second - from}, delays=0.1/0/0.2/${second - from}`;
    if (!stalled) this.#syslog(second, tag, `${to}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4ZqX)`, host);
    else {
      const reason = `conversation with ${server} timed out while sending message body`;
      this.#syslog(second, tag, `${to}, dsn=4.4.2, status=deferred (${reason})`, host);
    }
    return !stalled;
  }

  #broke(server: string): string {
    const stage = this.#of(STAGES);
    return this.#chance(0.6) ? `conversation with ${server} timed out while ${stage}` : `lost connection with ${server} while ${stage}`;
  }

  #exim(second: number, text: string): void {
    const time = new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
    this.#lines.push({ second, text: `${time.slice(0, 10)} ${time.slice(11, 19)} ${text}` });
  }

  #eximMessage(from: number): void {
    const id = `1uABC${String.fromCharCode(97 + this.#below(26))}-000${100 + this.#below(900)}-0${String.fromCharCode(65 + this.#below(26))}`;
    const server = `relay0.example.test [192.0.2.${this.#below(2)}]${this.#chance(0.3) ? ":587" : ""}`;
    this.#exim(from, `${id} <= a@sender.example H=client.example [198.51.100.7] P=esmtp S=${this.#size()} id=x@y`);
    let second = from + 2;
    if (this.#chance(0.6)) {
      this.#exim(second, `${id} H=${server}: SMTP timeout after sending data block (16384 bytes written): Connection timed out`);
      second += this.#below(60);
    }
    if (this.#chance(0.5)) {
      const reason = "SMTP timeout after sending data block (16384 bytes written)";
      this.#exim(second, `${id} == b@recipient.example R=dnslookup T=remote_smtp defer (110) H=${server}: ${reason}: Connection timed out`);
      return;
    }
    this.#exim(second, `${id} => b@recipient.example R=dnslookup T=remote_smtp H=${server} C="250 OK"`);
    this.#exim(second, `${id} Completed`);
  }

  #sendmailMessage(from: number): void {
    const id = `2AKA${String(10 + this.#below(90))}xy00${1000 + this.#below(9000)}`;
    const tag = `sendmail[${900 + this.#below(3)}]`;
    const relay = `relay1.example.test.${this.#chance(0.5) ? " [192.0.2.11]" : ""}`;
    this.#syslog(from, tag, `${id}: from=<a@sender.example>, size=${this.#size()}, class=0, nrcpts=1, relay=localhost [127.0.0.1]`);
    const to = `${id}: to=<b@recipient.example>, delay=00:05:00, xdelay=00:05:00, mailer=esmtp, pri=120000, relay=${relay}`;
    if (this.#chance(0.5)) this.#syslog(from + 5, tag, `${to}, dsn=2.0.0, stat=Sent (OK)`);
    else {
      this.#syslog(from + 5, tag, `${id}: timeout waiting for input from ${relay} during client DATA 354`);
      this.#syslog(from + 5, tag, `${to}, dsn=4.0.0, stat=Deferred: Connection timed out with relay1.example.test.`);
    }
  }

  /** An address has several names, and at times none is found. */
  #client(): string {
    const address = `198.51.100.${this.#below(2)}`;
    if (this.#chance(0.05)) return "unknown[unknown]";
    return `${this.#chance(0.4) ? "unknown" : `client${this.#below(2)}.example`}[${address}]`;
  }

  #clientSession(from: number): void {
    const [tag, client] = [`postfix/smtpd[${700 + this.#below(3)}]`, this.#client()];
    if (this.#chance(0.3) && !this.#screened(from, client)) return;
    this.#syslog(from, tag, `connect from ${client}`);
    if (this.#chance(0.5)) {
      const id = this.#queueId();
      this.#syslog(from + 1, tag, `${id}: client=${client}`);
      this.#syslog(from + 2, "postfix/qmgr[99]", `${id}: from=<a@sender.example>, size=${this.#size()}, nrcpt=1 (queue active)`);
    }
    if (this.#chance(0.2)) this.#syslog(from + 2, tag, `too many errors after RCPT from ${client}`);
    // Names no client: the process's is meant.
    if (this.#chance(0.3)) this.#syslog(from + 2, tag, "fatal: watchdog timeout");
    const lost = this.#chance(0.5) ? "lost connection" : "timeout";
    if (this.#chance(0.6)) this.#syslog(from + 3, tag, `${lost} after ${this.#of(LOST_AFTER)} from ${client}`);
    this.#syslog(from + 3, tag, `disconnect from ${client}`);
  }

  /** postscreen answers first. @returns whether it hands the client to smtpd */
  #screened(second: number, client: string): boolean {
    const [tag, address] = ["postfix/postscreen[600]", client.slice(client.indexOf("["))];
    this.#syslog(second, tag, `CONNECT from ${address}:40000 to [192.0.2.1]:25`);
    if (this.#chance(0.5)) {
      this.#syslog(second, tag, `PASS OLD ${address}:40000`);
      return true;
    }
    this.#syslog(
      second,
      tag,
      this.#of([
        `PREGREET 11 after 0.1 from ${address}:40000: EHLO x`,
        `HANGUP after 0.2 from ${address}:40000 in tests before SMTP handshake`,
      ]),
    );
    this.#syslog(second + 1, tag, `DISCONNECT ${address}:40000`);
    return false;
  }
}
