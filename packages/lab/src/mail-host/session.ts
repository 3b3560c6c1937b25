/** Plays one connection of a mail host: greeting, commands, TLS and the body of a message, as its script says. */
import type { SecureContext } from "node:tls";
import type { Channel } from "./channel.ts";
import { endOfData } from "./end-of-data.ts";
import type { MailHostConnection } from "./record.ts";
import { MAIL_HOST_VERBS, type MailHostAction, type MailHostPoint, type MailHostScript, type MailHostVerb } from "./script.ts";

export interface SessionContext {
  readonly script: MailHostScript;
  readonly channel: Channel;
  readonly record: MailHostConnection;
  /** Made when first needed. */
  readonly secureContext: () => SecureContext;
}

/** Longest command line that is held in memory. */
const LINE_CAP = 1_000_000;
const RECORDED = 200;
/** How long a host that minds early talk lets a client tempt itself. */
const EARLY_TALK_MS = 150;

/** Runs until the connection ends, which it tells by ChannelEnded. */
export async function playSession(context: SessionContext): Promise<never> {
  const session = new Session(context);
  await session.greet();
  for (;;) await session.command();
}

class Session {
  readonly #script: MailHostScript;
  readonly #channel: Channel;
  readonly #record: MailHostConnection;
  readonly #secureContext: () => SecureContext;
  readonly #turns = new Map<string, number>();
  #nonMail = 0;

  constructor(context: SessionContext) {
    this.#script = context.script;
    this.#channel = context.channel;
    this.#record = context.record;
    this.#secureContext = context.secureContext;
  }

  async greet(): Promise<void> {
    if (this.#script.limits?.noEarlyTalk) {
      await this.#channel.wait(EARLY_TALK_MS);
      if (this.#channel.pending()) await this.#refuseAndEnd("554 5.5.1 Protocol error");
    }
    await this.#perform(this.#script.greeting ?? [{ do: "default" }], "greeting");
  }

  async command(): Promise<void> {
    const { line, split } = await this.#readLine();
    if (this.#record.commands.length < 10_000) this.#record.commands.push(line.toString("latin1", 0, RECORDED).replace(/\r?\n$/, ""));
    const { fixup, limits } = this.#script;
    if (fixup?.dropsCommandsOver !== undefined && line.length > fixup.dropsCommandsOver) return;
    if (fixup?.masksSplitCommands && split) return this.#reply("500 5.5.1 Command unrecognized: XXXX");
    if (limits?.lineLength !== undefined && line.length > limits.lineLength) return this.#reply("500 5.5.2 Error: line too long");
    const verb = verbOf(line);
    if (limits?.noPipelinedNoop && mustEndGroup(verb) && this.#channel.pending()) {
      await this.#refuseAndEnd("554 5.5.0 Error: SMTP protocol synchronization");
    }
    if (limits?.nonMailCommands !== undefined && isNonMail(verb) && ++this.#nonMail > limits.nonMailCommands) {
      await this.#refuseAndEnd("554 Too many nonmail commands");
    }
    await this.#perform(this.#answers(verb), verb);
  }

  #answers(point: MailHostPoint): readonly MailHostAction[] {
    const inTls = this.#record.tls ? this.#script.onTls?.[point] : undefined;
    return inTls ?? this.#script.on?.[point] ?? [{ do: "default" }];
  }

  async #perform(actions: readonly MailHostAction[], point: MailHostPoint | "greeting", round = 0): Promise<void> {
    for (const action of actions) await this.#act(action, point, round);
  }

  async #act(action: MailHostAction, point: MailHostPoint | "greeting", round: number): Promise<void> {
    if (typeof action === "string") return this.#reply(action.replaceAll("{n}", String(round)));
    const channel = this.#channel;
    switch (action.do) {
      case "send":
        return channel.write(Buffer.from(action.text, "latin1"));
      case "fill":
        return this.#fill(action.text, action.bytes);
      case "repeat":
        for (let count = 1; count <= (action.times ?? Number.POSITIVE_INFINITY); count++) {
          await this.#perform(action.actions, point, count);
          if (action.everyMs) await channel.wait(action.everyMs);
          // Lets timers and the stop of the host have their turn between rounds that never block.
          else if (count % 64 === 0) await channel.wait(0);
        }
        return;
      case "trickle":
        for (const byte of Buffer.from(action.text, "latin1")) {
          await channel.write(Buffer.from([byte]));
          await channel.wait(action.everyMs);
        }
        return;
      case "wait":
        return channel.wait(action.ms);
      case "hang":
        return channel.hang();
      case "stop-reading":
        return channel.stopReading();
      case "close":
        return channel.close();
      case "half-close":
        return channel.halfClose();
      case "reset":
        return channel.reset();
      case "start-tls":
        return channel.startTls(this.#secureContext());
      case "default":
        return this.#default(point);
      case "in-turn": {
        const turn = point === "greeting" ? this.#record.number - 1 : (this.#turns.get(point) ?? 0);
        this.#turns.set(point, turn + 1);
        return this.#perform(action.turns[Math.min(turn, action.turns.length - 1)] ?? [], point, round);
      }
    }
  }

  async #default(point: MailHostPoint | "greeting"): Promise<void> {
    const blocked = this.#script.requiresTls && !this.#record.tls;
    switch (point) {
      case "greeting":
        return this.#reply("220 mx.example.test ESMTP");
      case "EHLO":
        return this.#reply(...this.#ehloLines());
      case "HELO":
        return this.#reply("250 mx.example.test");
      case "STARTTLS":
        if (!this.#script.tls || this.#record.tls) return this.#reply("502 5.5.1 Error: command not implemented");
        await this.#reply("220 2.0.0 Ready to start TLS");
        return this.#channel.startTls(this.#secureContext());
      case "MAIL":
      case "RCPT":
        return this.#reply(blocked ? "530 5.7.0 Must issue a STARTTLS command first" : "250 2.1.0 Ok");
      case "DATA":
        if (blocked) return this.#reply("530 5.7.0 Must issue a STARTTLS command first");
        await this.#reply("354 End data with <CR><LF>.<CR><LF>");
        return this.#receiveBody();
      case "NOOP":
      case "RSET":
        return this.#reply("250 2.0.0 Ok");
      case "QUIT":
        await this.#reply("221 2.0.0 Bye");
        return this.#channel.close();
      case ".":
        return this.#reply("250 2.0.0 Ok: queued as LAB");
      case "*":
        return this.#reply("502 5.5.2 Error: command not recognized");
    }
  }

  #ehloLines(): string[] {
    const keywords = [...(this.#script.keywords ?? ["PIPELINING", "SIZE 10240000", "ENHANCEDSTATUSCODES", "8BITMIME"])];
    if (this.#script.tls && !this.#record.tls) keywords.push("STARTTLS");
    const lines = ["mx.example.test", ...keywords];
    return lines.map((line, index) => `250${index === lines.length - 1 ? " " : "-"}${line}`);
  }

  /** All lines in one write, as one segment where they fit. */
  #reply(...lines: readonly string[]): Promise<void> {
    return this.#channel.write(Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1"));
  }

  async #fill(text: string, bytes: number): Promise<void> {
    const block = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)), "latin1");
    for (let left = bytes; left > 0; left -= block.length) await this.#channel.write(left < block.length ? block.subarray(0, left) : block);
  }

  async #refuseAndEnd(line: string): Promise<never> {
    await this.#reply(line);
    return this.#channel.close();
  }

  async #readLine(): Promise<{ line: Buffer; split: boolean }> {
    const pieces: Buffer[] = [];
    let size = 0;
    for (;;) {
      const bytes = await this.#channel.read();
      const end = bytes.indexOf(0x0a);
      const piece = end < 0 ? bytes : bytes.subarray(0, end + 1);
      if (this.#record.pieces.length < 10_000) this.#record.pieces.push(piece.length);
      size += piece.length;
      if (size <= LINE_CAP) pieces.push(piece);
      if (end < 0) continue;
      this.#channel.unread(bytes.subarray(end + 1));
      return { line: Buffer.concat(pieces), split: pieces.length > 1 };
    }
  }

  async #receiveBody(): Promise<void> {
    const faults = [...(this.#script.body ?? [])].sort((one, other) => one.atBytes - other.atBytes);
    const finder = endOfData(this.#script.fixup?.losesSplitEndOfData === true);
    let received = 0;
    let text = "";
    for (;;) {
      while (faults[0] && received >= faults[0].atBytes) await this.#perform(faults.shift()?.actions ?? [], ".");
      let bytes = await this.#channel.read();
      // Up to the next fault and no further: it happens at its byte, not somewhere in the read that held it.
      const room = faults[0] ? faults[0].atBytes - received : bytes.length;
      if (bytes.length > room) {
        this.#channel.unread(bytes.subarray(room));
        bytes = bytes.subarray(0, room);
      }
      const end = finder.feed(bytes);
      const body = end === null ? bytes : bytes.subarray(0, end);
      received += body.length;
      this.#record.bodyBytes += body.length;
      if (text.length < 20_000) text += body.toString("latin1");
      if (end === null) continue;
      this.#channel.unread(bytes.subarray(end));
      this.#record.delivered.push(text.slice(0, 20_000));
      return this.#perform(this.#answers("."), ".");
    }
  }
}

function verbOf(line: Buffer): MailHostPoint {
  const word = /^[A-Za-z]+/.exec(line.toString("latin1", 0, 20))?.[0].toUpperCase();
  return MAIL_HOST_VERBS.find((verb) => verb === word) ?? "*";
}

/** Commands that may be followed by nothing until they are answered (RFC 2920, section 3.1). */
function mustEndGroup(verb: MailHostPoint): boolean {
  return (["EHLO", "HELO", "STARTTLS", "DATA", "NOOP", "QUIT"] as readonly (MailHostVerb | MailHostPoint)[]).includes(verb);
}

function isNonMail(verb: MailHostPoint): boolean {
  return ["NOOP", "RSET", "EHLO", "HELO", "STARTTLS", "*"].includes(verb);
}
