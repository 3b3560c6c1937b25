/**
 * A mail host that takes messages and throws them away: the control experiment of a stress test. It answers as fast as it can,
 * or with the delays, refusals and limits that are asked for.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";

export interface SinkOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Milliseconds before the answer to the end of data. */
  readonly delayMs: number;
  /** Every so many seconds, no answer for so many seconds; null: never. */
  readonly stall: { readonly everySeconds: number; readonly forSeconds: number } | null;
  /** Share of messages whose recipients are refused with 450, 0 to 1. */
  readonly refuse: number;
  /** Connections of one address at the same time; more get 421. null: any number. */
  readonly connectionsPerClient: number | null;
  readonly lmtp: boolean;
  /** PEM; null: no STARTTLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

interface SinkCounts {
  connections: number;
  messages: number;
  recipients: number;
  bytes: number;
  refused: number;
  turnedAway: number;
}

export interface Sink {
  readonly port: number;
  readonly counts: Readonly<SinkCounts>;
  readonly close: () => Promise<void>;
}

const END_OF_DATA = Buffer.from("\r\n.\r\n");
/** Bytes of an unfinished command line: more ends the connection. */
const LINE_CAP = 65_536;

/** @throws the listening error, such as EADDRINUSE */
export async function startSink(options: SinkOptions): Promise<Sink> {
  const state: SinkState = {
    options,
    counts: { connections: 0, messages: 0, recipients: 0, bytes: 0, refused: 0, turnedAway: 0 },
    context: options.tls === null ? null : createSecureContext(options.tls),
    clients: new Map(),
    startedAt: performance.now(),
  };
  const open = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    new SinkSession(socket, state);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port, backlog: 4096 }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    counts: state.counts,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

interface SinkState {
  readonly options: SinkOptions;
  readonly counts: SinkCounts;
  readonly context: SecureContext | null;
  /** Connections by client address. */
  readonly clients: Map<string, number>;
  readonly startedAt: number;
}

class SinkSession {
  readonly #state: SinkState;
  #socket: Socket;
  #commands = "";
  /** The last bytes of message data: the end may arrive in pieces. Null outside of data. */
  #tail: Buffer | null = null;
  #recipients = 0;
  #answers = "";
  /** Answers wait for an earlier one that is delayed. */
  #order: Promise<void> | null = null;

  constructor(socket: Socket, state: SinkState) {
    this.#socket = socket;
    this.#state = state;
    const { counts, clients, options } = state;
    const client = socket.remoteAddress ?? "";
    const same = (clients.get(client) ?? 0) + 1;
    clients.set(client, same);
    socket.on("close", () => {
      const left = (clients.get(client) ?? 1) - 1;
      if (left === 0) clients.delete(client);
      else clients.set(client, left);
    });
    this.#listen(socket);
    if (options.connectionsPerClient !== null && same > options.connectionsPerClient) {
      counts.turnedAway += 1;
      socket.end("421 4.7.0 Too many connections from your address\r\n");
      return;
    }
    counts.connections += 1;
    this.#say("220 sink.mxray.invalid ESMTP mxray sink: takes and throws away\r\n");
    this.#flush();
  }

  #listen(socket: Socket): void {
    socket.on("data", (chunk: Buffer) => {
      this.#read(chunk);
      this.#flush();
    });
    socket.on("error", () => socket.destroy());
  }

  #read(chunk: Buffer): void {
    if (this.#tail !== null) {
      this.#data(chunk);
      return;
    }
    this.#commands += chunk.toString("latin1");
    for (let end = this.#commands.indexOf("\n"); end !== -1 && this.#tail === null; end = this.#commands.indexOf("\n")) {
      const line = this.#commands.slice(0, end).trimEnd();
      this.#commands = this.#commands.slice(end + 1);
      this.#command(line);
    }
    if (this.#tail !== null && this.#commands !== "") {
      const rest = Buffer.from(this.#commands, "latin1");
      this.#commands = "";
      this.#data(rest);
    } else if (this.#commands.length > LINE_CAP) this.#socket.destroy();
  }

  #data(chunk: Buffer): void {
    const tail = this.#tail as Buffer;
    const seam = Buffer.concat([tail, chunk.subarray(0, END_OF_DATA.length - 1)]);
    const inSeam = seam.indexOf(END_OF_DATA);
    const inChunk = inSeam === -1 ? chunk.indexOf(END_OF_DATA) : -1;
    if (inSeam === -1 && inChunk === -1) {
      this.#state.counts.bytes += chunk.length;
      this.#tail = chunk.length >= 4 ? Buffer.from(chunk.subarray(-4)) : seam.subarray(-4);
      return;
    }
    const end = (inSeam === -1 ? inChunk : inSeam - tail.length) + END_OF_DATA.length;
    this.#state.counts.bytes += end;
    this.#tail = null;
    this.#taken();
    if (end < chunk.length) this.#read(chunk.subarray(end));
  }

  #taken(): void {
    const { counts, options } = this.#state;
    counts.messages += 1;
    counts.recipients += this.#recipients;
    const answer = "250 2.0.0 Taken and thrown away\r\n".repeat(options.lmtp ? this.#recipients : 1);
    this.#recipients = 0;
    if (options.delayMs > 0) this.#later(options.delayMs);
    this.#say(answer);
  }

  #command(line: string): void {
    const { options, counts, context } = this.#state;
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case "EHLO":
      case "LHLO":
        this.#say(
          `250-sink.mxray.invalid\r\n${context === null || this.#socket instanceof TLSSocket ? "" : "250-STARTTLS\r\n"}250-8BITMIME\r\n250 PIPELINING\r\n`,
        );
        return;
      case "MAIL":
        this.#recipients = 0;
        this.#say("250 2.1.0 Ok\r\n");
        return;
      case "RCPT":
        if (options.refuse > 0 && Math.random() < options.refuse) {
          counts.refused += 1;
          this.#say("450 4.2.0 Refused, as asked for\r\n");
          return;
        }
        this.#recipients += 1;
        this.#say("250 2.1.5 Ok\r\n");
        return;
      case "DATA":
        if (this.#recipients === 0) this.#say("554 5.5.1 No recipient\r\n");
        else {
          // A final dot is valid as the first line, too.
          this.#tail = Buffer.from("\r\n");
          this.#say("354 End with a dot\r\n");
        }
        return;
      case "STAR":
        if (context === null || this.#socket instanceof TLSSocket) this.#say("502 5.5.1 No TLS here\r\n");
        else this.#secure(context);
        return;
      case "QUIT":
        this.#say("221 2.0.0 Bye\r\n");
        this.#flush(true);
        return;
      case "RSET":
      case "NOOP":
      case "HELO":
        this.#recipients = 0;
        this.#say("250 2.0.0 Ok\r\n");
        return;
      case "AUTH":
        this.#say("235 2.7.0 Believed\r\n");
        return;
      default:
        this.#say("502 5.5.2 Not known here\r\n");
    }
  }

  #secure(context: SecureContext): void {
    this.#say("220 2.0.0 Go ahead\r\n");
    this.#flush();
    this.#commands = "";
    const plain = this.#socket;
    plain.removeAllListeners("data");
    const secure = new TLSSocket(plain, { isServer: true, secureContext: context });
    this.#socket = secure;
    this.#listen(secure);
  }

  #say(answer: string): void {
    this.#answers += answer;
  }

  /** What is answered from here on comes so much later; what was answered before goes out now. */
  #later(ms: number): void {
    this.#flush();
    const before = this.#order ?? Promise.resolve();
    this.#order = before.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  #flush(end = false): void {
    const answers = this.#answers;
    if (answers === "" && !end) return;
    this.#answers = "";
    const socket = this.#socket;
    const send = () => {
      const held = this.#stallLeftMs();
      if (held > 0) setTimeout(write, held);
      else write();
    };
    const write = () => {
      if (end) socket.end(answers, "latin1");
      else socket.write(answers, "latin1");
    };
    if (this.#order === null) send();
    else this.#order = this.#order.then(send);
  }

  /** Milliseconds until answers go out again. The stall is the last part of each period. */
  #stallLeftMs(): number {
    const { stall } = this.#state.options;
    if (stall === null) return 0;
    const period = stall.everySeconds * 1000;
    const at = (performance.now() - this.#state.startedAt) % period;
    return at >= period - stall.forSeconds * 1000 ? period - at : 0;
  }
}
