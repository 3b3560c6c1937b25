/**
 * One SMTP dialogue over a connection (RFC 5321): commands out, replies in, both in the transcript.
 *
 * Each command leaves in one write and so in one segment, since an inspecting firewall judges fragments. A reply that was
 * there before its command is a protocol error, not an answer.
 */
import { printable, type Reply } from "@mxray/contracts";
import type { Clock, Connection, TlsOutcome } from "../ports.ts";
import type { ReplyMeter } from "./reply-meter.ts";
import { type ParsedReply, ReplyReader } from "./smtp-reply.ts";
import type { Transcript } from "./transcript.ts";

export type ReplyOutcome =
  | { readonly kind: "reply"; readonly reply: Reply; readonly lines: readonly string[] }
  /** `bytes` is what had come of an unfinished reply; `trickling` that they were still coming, a few at a time. */
  | { readonly kind: "timeout"; readonly bytes: number; readonly trickling: boolean }
  | { readonly kind: "closed" }
  | { readonly kind: "reset" }
  | { readonly kind: "aborted" }
  | { readonly kind: "protocol"; readonly text: string }
  | { readonly kind: "too-long"; readonly text: string };

export interface SmtpSessionOptions {
  readonly connection: Connection;
  /** Counts from 1 within the mail host. */
  readonly number: number;
  readonly clock: Clock;
  readonly transcript: Transcript;
  readonly replies: ReplyMeter;
  readonly signal: AbortSignal;
}

export class SmtpSession {
  readonly connection: Connection;
  readonly number: number;
  /** Small segments sent, by which random loss is measured. */
  smallSegments = 0;
  /** The largest message that the host takes, bytes (RFC 1870); null where it says nothing of that. */
  sizeLimit: number | null = null;
  /** Bytes that TLS adds to each write; 0 in clear. */
  tlsOverhead = 0;
  readonly #clock: Clock;
  readonly #transcript: Transcript;
  readonly #replies: ReplyMeter;
  readonly #signal: AbortSignal;
  #reader = new ReplyReader();

  constructor(options: SmtpSessionOptions) {
    this.connection = options.connection;
    this.number = options.number;
    this.#clock = options.clock;
    this.#transcript = options.transcript;
    this.#replies = options.replies;
    this.#signal = options.signal;
  }

  /** @param line without CRLF */
  async command(line: string, timeoutMs: number): Promise<ReplyOutcome> {
    const early = await this.unexpectedReply();
    if (early !== null) return early;
    this.#transcript.sent(this.number, line);
    this.smallSegments += 1;
    const start = this.#clock.now();
    void this.connection.write(Buffer.from(`${line}\r\n`, "utf8"));
    const outcome = await this.readReply(timeoutMs);
    if (outcome.kind === "reply" || outcome.kind === "timeout") this.#replies.count(this.#clock.now() - start, this.connection.facts());
    return outcome;
  }

  /** What the peer said out of turn, as a protocol error; null when it kept silent. */
  async unexpectedReply(): Promise<ReplyOutcome | null> {
    while (this.connection.peek() === "data") {
      const event = await this.connection.read(0);
      if (event.kind === "data") this.#reader.push(event.bytes);
    }
    if (this.#reader.pending === 0) return null;
    const parsed = this.#reader.next();
    const text = parsed === null ? "" : parsed.kind === "reply" ? parsed.reply.text : parsed.text;
    this.#transcript.received(this.number, text);
    // A host that gives notice and hangs up is not talking out of turn.
    if (parsed?.kind === "reply" && parsed.reply.code === 421) return parsed;
    return { kind: "protocol", text };
  }

  async readReply(timeoutMs: number): Promise<ReplyOutcome> {
    const until = this.#clock.now() + timeoutMs;
    let chunks = 0;
    let lastChunkAt = 0;
    const late = (): ReplyOutcome => ({
      kind: "timeout",
      bytes: this.#reader.pending,
      trickling: chunks >= 3 && until - lastChunkAt < timeoutMs / 2,
    });
    while (true) {
      const parsed = this.#reader.next();
      if (parsed !== null) return this.#received(parsed);
      const left = until - this.#clock.now();
      if (left <= 0) return late();
      const event = await this.connection.read(left, this.#signal);
      switch (event.kind) {
        case "data":
          this.#reader.push(event.bytes);
          chunks += 1;
          lastChunkAt = this.#clock.now();
          break;
        case "timeout":
          return late();
        case "closed":
        case "reset":
          this.#transcript.note(
            this.number,
            event.kind === "closed" ? "The host closed the connection." : "The host reset the connection.",
          );
          return { kind: event.kind };
        case "aborted":
          return { kind: "aborted" };
      }
    }
  }

  /** @param giveUp ends the handshake before its time */
  async secure(serverName: string | null, timeoutMs: number, giveUp?: AbortSignal): Promise<TlsOutcome> {
    const signal = giveUp === undefined ? this.#signal : AbortSignal.any([this.#signal, giveUp]);
    const outcome = await this.connection.secure(serverName, timeoutMs, signal);
    // What was said in clear before TLS must not count inside it (command injection, CVE-2011-0411).
    this.#reader = new ReplyReader();
    this.#transcript.note(this.number, outcome.ok ? `TLS: ${outcome.protocol}, ${outcome.cipher}.` : outcome.reason);
    return outcome;
  }

  /** Records what left by other means than `command`. */
  noteSent(text: string): void {
    this.#transcript.sent(this.number, text);
  }

  note(text: string): void {
    this.#transcript.note(this.number, text);
  }

  #received(parsed: ParsedReply): ReplyOutcome {
    const text = parsed.kind === "reply" ? parsed.reply.text : parsed.text;
    for (const line of text.split("\n").slice(0, 60)) this.#transcript.received(this.number, line);
    return parsed;
  }
}

/** What a reply outcome other than a reply means, in a sentence. */
export function describeReplyOutcome(outcome: Exclude<ReplyOutcome, { kind: "reply" }>, awaited: string, timeoutMs: number): string {
  switch (outcome.kind) {
    case "timeout":
      return outcome.bytes > 0
        ? `The reply to ${awaited} began but was not finished within ${seconds(timeoutMs)} (${outcome.bytes} bytes came).`
        : `No reply to ${awaited} within ${seconds(timeoutMs)}.`;
    case "closed":
      return `The host closed the connection instead of replying to ${awaited}.`;
    case "reset":
      return `The connection was reset instead of a reply to ${awaited}.`;
    case "aborted":
      return "The probe was ended.";
    case "protocol":
      return `What came instead of a reply to ${awaited} is not SMTP: '${printable(outcome.text, 120)}'.`;
    case "too-long":
      return `The reply to ${awaited} is longer than any reply may be; reading it was given up.`;
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
