/** A `Connection` over Node's sockets and TLS, with the kernel's facts where a descriptor is at hand. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Connection, ConnectionEnd, ReadEvent, TcpFacts, TlsOutcome } from "../ports.ts";
import { IP_MTU_DISCOVER, IPPROTO_IP, type Libc, PMTUDISC_DO, PMTUDISC_DONT, SO_LINGER, SOL_SOCKET } from "./libc.ts";
import { readTcpInfo } from "./tcp-info.ts";
import { startTls } from "./tls-client.ts";

/** Received bytes that nobody has read yet; beyond this the peer has to wait (its window closes). */
const UNREAD_CAP = 256 * 1024;
/** The peer's FIN follows ours after a round trip and the time that its mail program takes to leave. */
const GOODBYE_MS = 300;
const GOODBYE_ROUND_TRIPS = 3;
const LONGEST_GOODBYE_MS = 2000;
const HANDSHAKE_RECORD = new Uint8Array([22]);
/** `struct linger` that makes close() send RST: on, 0 s. */
const LINGER_NOT = new Uint8Array(new Int32Array([1, 0]).buffer);

interface Kernel {
  readonly libc: Libc | null;
  readonly fd: number | null;
  readonly family: 4 | 6;
  readonly clampedMss: number | null;
}

export class NodeConnection implements Connection {
  readonly family: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly ended: Promise<ConnectionEnd>;
  readonly clampedMss: number | null;
  readonly #tcp: Socket;
  readonly #kernel: Kernel;
  #stream: Socket | TLSSocket;
  #chunks: Uint8Array[] = [];
  #unread = 0;
  #end: "closed" | "reset" | null = null;
  #wake: (() => void) | null = null;
  #peerEnded = false;
  #last: TcpFacts | null = null;
  /** How it is ended, once that is decided. */
  #ending: ConnectionEnd | null = null;
  #stopListening: () => void = () => undefined;

  constructor(socket: Socket, kernel: Kernel) {
    this.#tcp = socket;
    this.#stream = socket;
    this.#kernel = kernel;
    this.family = kernel.family;
    this.clampedMss = kernel.clampedMss;
    this.localAddress = socket.localAddress ?? "";
    this.localPort = socket.localPort ?? 0;
    // Over TLS, too: the wrapper takes the socket below it along.
    this.ended = new Promise((resolve) =>
      socket.once("close", () => resolve(this.#ending ?? (this.#peerEnded ? "closed-by-peer" : "reset"))),
    );
    this.#listen(socket);
  }

  write(bytes: Uint8Array): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed || !stream.writable) return Promise.resolve();
    // One after the other: writes that Node queues up leave together, and two segments become one.
    return new Promise((resolve) => stream.write(bytes, () => resolve()));
  }

  async writeSegments(segments: readonly Uint8Array[]): Promise<void> {
    for (const segment of segments) {
      const sent = this.#sendAtOnce(segment);
      if (sent < segment.length) await this.write(segment.subarray(sent));
    }
  }

  async read(timeoutMs: number, signal?: AbortSignal): Promise<ReadEvent> {
    if (this.#waiting() === null && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal?.addEventListener("abort", done, { once: true });
        this.#wake = done;
      });
    }
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#unread -= chunk.length;
      if (this.#unread < UNREAD_CAP) this.#stream.resume();
      return { kind: "data", bytes: chunk };
    }
    if (this.#end !== null) return { kind: this.#end };
    return { kind: signal?.aborted ? "aborted" : "timeout" };
  }

  peek(): ReadEvent["kind"] | null {
    return this.#waiting();
  }

  facts(): TcpFacts | null {
    const { libc, fd } = this.#kernel;
    // A destroyed socket's number may belong to another file by now.
    if (libc === null || fd === null || this.#tcp.destroyed) return null;
    return readTcpInfo(libc, fd);
  }

  lastFacts(): TcpFacts | null {
    return this.#last;
  }

  setDontFragment(on: boolean): boolean {
    const { libc, fd } = this.#kernel;
    if (libc === null || fd === null || this.family !== 4 || this.#tcp.destroyed) return false;
    return libc.setInt(fd, IPPROTO_IP, IP_MTU_DISCOVER, on ? PMTUDISC_DO : PMTUDISC_DONT) === 0;
  }

  poke(): boolean {
    const { libc, fd } = this.#kernel;
    if (libc === null || fd === null || this.#tcp.destroyed) return false;
    // The beginning of a record that never goes on: the peer's TLS waits for the rest of it.
    return libc.send(fd, HANDSHAKE_RECORD) === 1;
  }

  async secure(serverName: string | null, timeoutMs: number, signal?: AbortSignal): Promise<TlsOutcome> {
    this.#stopListening();
    this.#chunks = [];
    this.#unread = 0;
    const { outcome, stream } = await startTls(this.#tcp, { serverName, timeoutMs, ...(signal === undefined ? {} : { signal }) });
    if (stream === null) {
      this.#peerEnded ||= !outcome.ok && (outcome.cause === "closed" || outcome.cause === "reset");
      this.#end ??= !outcome.ok && outcome.cause === "reset" ? "reset" : "closed";
      return outcome;
    }
    this.#stream = stream;
    this.#listen(stream);
    return outcome;
  }

  close(): void {
    if (this.#ending !== null) return;
    this.#ending = this.#peerEnded ? "closed-by-peer" : "quit";
    this.#last = this.facts();
    const rttMs = this.#last?.rttMs ?? 0;
    const timer = setTimeout(() => this.#abort(), Math.min(LONGEST_GOODBYE_MS, GOODBYE_MS + GOODBYE_ROUND_TRIPS * rttMs));
    this.#tcp.once("close", () => clearTimeout(timer));
    this.#stream.on("error", () => undefined);
    // What the peer still says is of no interest, but its FIN is noticed only by reading.
    this.#stopListening();
    this.#chunks = [];
    this.#stream.on("data", () => undefined).resume();
    this.#stream.end();
  }

  reset(end: "reset" | "timeout" = "reset"): void {
    if (this.#ending !== null) return;
    this.#ending = this.#peerEnded ? "closed-by-peer" : end;
    this.#abort();
  }

  /**
   * RST, at once. Not by resetAndDestroy alone: once Node has begun to end the stream (the peer sent FIN, and Node answers
   * on its own), that fails, and Node forgets the descriptor without closing it.
   */
  #abort(): void {
    this.#last = this.facts() ?? this.#last;
    const { libc, fd } = this.#kernel;
    this.#stream.on("error", () => undefined);
    this.#tcp.on("error", () => undefined);
    const lingers = libc !== null && fd !== null && !this.#tcp.destroyed && libc.setBytes(fd, SOL_SOCKET, SO_LINGER, LINGER_NOT) === 0;
    // Without the C library: a FIN that is on its way already makes a reset impossible, and it is enough.
    if (lingers || this.#tcp.writableEnded || this.#stream.writableEnded) this.#tcp.destroy();
    else this.#tcp.resetAndDestroy();
    // Over TLS the wrapper must not say goodbye politely first: the RST has to be the next thing the peer sees.
    if (this.#stream !== this.#tcp) this.#stream.destroy();
  }

  /** Past Node, which takes a turn of its event loop for each write. @returns bytes that the kernel took */
  #sendAtOnce(bytes: Uint8Array): number {
    const { libc, fd } = this.#kernel;
    if (libc === null || fd === null || this.#stream !== this.#tcp || this.#tcp.destroyed || !this.#tcp.writable) return 0;
    return this.#tcp.writableLength > 0 ? 0 : Math.max(0, libc.send(fd, bytes));
  }

  #waiting(): "data" | "closed" | "reset" | null {
    return this.#chunks.length > 0 ? "data" : this.#end;
  }

  #listen(stream: Socket | TLSSocket): void {
    const onData = (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#unread += chunk.length;
      if (this.#unread >= UNREAD_CAP) stream.pause();
      this.#wake?.();
    };
    const finish = (end: "closed" | "reset") => {
      this.#peerEnded = true;
      this.#end ??= end;
      this.#wake?.();
    };
    const onEnd = () => finish("closed");
    const onError = (error: NodeJS.ErrnoException) => finish(error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : "closed");
    stream.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onError);
    this.#stopListening = () => stream.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError);
  }
}
