/**
 * One connection of a mail host as a small port: bytes in the pieces in which they came, writes that wait for room, and every
 * way to end. Reading is on demand, so that not reading closes the receive window. Ends in one way: `ChannelEnded`.
 */
import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import type { MailHostConnection } from "./record.ts";

/** The connection is over; unwinds whatever the host was doing. */
export class ChannelEnded extends Error {
  override readonly name = "ChannelEnded";
}

export class Channel {
  #socket: Socket;
  readonly #raw: Socket;
  readonly #record: MailHostConnection;
  readonly #over = new AbortController();
  #pushedBack: Buffer | null = null;
  #halfClosed = false;

  constructor(socket: Socket, record: MailHostConnection) {
    this.#socket = socket;
    this.#raw = socket;
    this.#record = record;
    socket.setNoDelay(true);
    socket.on("error", () => this.#finish("client-reset"));
    socket.on("close", () => this.#finish("client-reset"));
  }

  /** Aborted when the connection is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The next bytes, as they came. */
  async read(): Promise<Buffer> {
    if (this.#pushedBack) {
      const bytes = this.#pushedBack;
      this.#pushedBack = null;
      return bytes;
    }
    for (;;) {
      this.#check();
      const bytes = this.#socket.read() as Buffer | null;
      if (bytes) return bytes;
      if (this.#socket.readableEnded) {
        this.#finish("client-closed");
        this.#socket.end();
        throw new ChannelEnded();
      }
      await this.#event(["readable", "end"]);
    }
  }

  /** Gives bytes back, to be read again first. */
  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#pushedBack = this.#pushedBack ? Buffer.concat([bytes, this.#pushedBack]) : bytes;
  }

  /** Bytes that have come and were not read, without waiting. */
  pending(): Buffer | null {
    if (!this.#pushedBack) this.#pushedBack = this.#socket.read() as Buffer | null;
    return this.#pushedBack;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#check();
    if (this.#halfClosed) return;
    if (!this.#socket.write(bytes)) await this.#event(["drain"]);
  }

  async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.over.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    this.#check();
  }

  /** Reads and forgets, until the client ends it. */
  async hang(): Promise<never> {
    for (;;) await this.read();
  }

  /** Does nothing, not even read, until the connection breaks or the host stops. */
  async stopReading(): Promise<never> {
    for (;;) await this.wait(1_000_000);
  }

  close(): never {
    this.#finish("host-ended");
    this.#socket.end();
    // A client that never closes its side must not keep the host alive.
    setTimeout(() => this.#raw.destroy(), 2000).unref();
    this.#socket.resume();
    throw new ChannelEnded();
  }

  halfClose(): void {
    this.#halfClosed = true;
    this.#socket.end();
  }

  reset(): never {
    this.#finish("host-ended");
    this.#raw.resetAndDestroy();
    throw new ChannelEnded();
  }

  /** The host itself stops. */
  destroy(): void {
    this.#finish("host-ended");
    this.#raw.destroy();
  }

  async startTls(secureContext: SecureContext): Promise<void> {
    this.#check();
    const secure = new TLSSocket(this.#raw, { isServer: true, secureContext });
    secure.on("error", () => this.#finish("client-reset"));
    secure.on("close", () => this.#finish("client-closed"));
    this.#socket = secure;
    await this.#event(["secure"]);
    this.#record.tls = true;
  }

  async #event(names: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = this.#socket;
    const all = [...names, "close", "error"];
    for (const name of all) socket.once(name, resolve);
    this.over.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    for (const name of all) socket.removeListener(name, resolve);
    this.#check();
  }

  #check(): void {
    if (this.over.aborted) throw new ChannelEnded();
  }

  #finish(how: MailHostConnection["ended"]): void {
    if (this.over.aborted) return;
    this.#record.ended = how;
    this.#over.abort();
  }
}
