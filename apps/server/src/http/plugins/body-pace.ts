/**
 * The pace at which the bodies of requests must arrive. A client that sends nothing for a while is answered and cut off, and so is one
 * that sends so little that it would hold its place for hours: the time that a body has grows with the bytes that have arrived. Only
 * time in which the server waits for the client counts, never time in which the server is busy with what it has.
 */
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Refusal } from "../../refusal.ts";

export interface BodyPace {
  /** Milliseconds without a byte. */
  readonly stillMs: number;
  /** Milliseconds that every body has, however small. */
  readonly graceMs: number;
  readonly leastBytesPerSecond: number;
}

/** A slow uplink of 128 kbit/s keeps this pace. */
export const BODY_PACE: BodyPace = { stillMs: 30_000, graceMs: 60_000, leastBytesPerSecond: 16_000 };

export function registerBodyPace(app: FastifyInstance, pace: BodyPace): void {
  const arriving = new Set<ArrivingBody>();
  const lookMs = Math.min(1000, pace.stillMs / 4);
  const looking = setInterval(() => {
    for (const body of arriving) if (!body.look()) arriving.delete(body);
  }, lookMs).unref();
  app.addHook("onClose", async () => clearInterval(looking));
  app.decorateRequest("arrivingBody", null);
  app.addHook("onRequest", async (request, reply) => {
    if (!announcesBody(request.raw)) return;
    const body = new ArrivingBody(request.raw, reply, pace);
    request.arrivingBody = body;
    arriving.add(body);
  });
  app.addHook("preParsing", async (request, _reply, payload) => request.arrivingBody?.guarded() ?? payload);
}

declare module "fastify" {
  interface FastifyRequest {
    /** Null where the request announces none. */
    arrivingBody: ArrivingBody | null;
  }
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

class ArrivingBody {
  readonly #raw: IncomingMessage;
  readonly #reply: FastifyReply;
  readonly #pace: BodyPace;
  #guard: PassThrough | null = null;
  #lookedAt = performance.now();
  /** Of the body, handed on to its reader. */
  #bytes = 0;
  /** Of the connection, at the last look. */
  #read = 0;
  #waitedMs = 0;
  #stillMs = 0;
  #refusedAt: number | null = null;

  constructor(raw: IncomingMessage, reply: FastifyReply, pace: BodyPace) {
    this.#raw = raw;
    this.#reply = reply;
    this.#pace = pace;
  }

  /** The body as its reader gets it: it fails with the refusal while the connection can still carry the answer. */
  guarded(): PassThrough {
    const guard = new PassThrough();
    this.#guard = guard;
    this.#raw.once("error", (error) => guard.destroy(error));
    this.#raw.on("data", ({ length }: Buffer) => {
      this.#bytes += length;
    });
    return this.#raw.pipe(guard);
  }

  /** Refuses a body that is late. @returns whether it is still awaited */
  look(): boolean {
    const { complete, readableEnded, destroyed, socket, readableLength } = this.#raw;
    if (complete || readableEnded || destroyed) return false;
    const now = performance.now();
    const elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    // What has arrived and is not read yet is the server's own delay.
    const waits = readableLength === 0;
    this.#stillMs = waits && socket.bytesRead === this.#read ? this.#stillMs + elapsed : 0;
    if (waits) this.#waitedMs += elapsed;
    this.#read = socket.bytesRead;
    // A refused body has as long again until its connection ends, whatever becomes of the answer.
    if (this.#refusedAt !== null) {
      if (now - this.#refusedAt > this.#pace.stillMs) this.#raw.destroy();
      return true;
    }
    const refusal = this.#refusal();
    if (refusal !== null) this.#refuse(refusal, now);
    return true;
  }

  #refusal(): Refusal | null {
    const { stillMs, graceMs, leastBytesPerSecond } = this.#pace;
    if (this.#stillMs >= stillMs) {
      return new Refusal(
        "too-slow",
        `No byte of the request's body arrived for ${seconds(stillMs)} s (${this.#bytes} bytes before), so it was given up. Send it again.`,
      );
    }
    const allowedMs = graceMs + (this.#bytes / leastBytesPerSecond) * 1000;
    if (this.#waitedMs <= allowedMs) return null;
    return new Refusal(
      "too-slow",
      `The request's body arrives too slowly (${this.#bytes} bytes in ${seconds(this.#waitedMs)} s), so it was given up. Send it over a faster connection, or compress it.`,
    );
  }

  /** Where the answer was sent without the body, only the connection is left to end. */
  #refuse(refusal: Refusal, now: number): void {
    const guard = this.#guard;
    if (guard === null || guard.destroyed || this.#reply.sent) {
      this.#raw.destroy();
      return;
    }
    this.#refusedAt = now;
    this.#reply.header("connection", "close");
    guard.destroy(refusal);
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
