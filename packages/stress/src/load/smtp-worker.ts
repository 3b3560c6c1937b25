/**
 * One connection of a load: sends messages one after the other and measures each step. Made for many of them in one process:
 * replies are read for their code alone, and what can be sent in one packet is.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { printable, type StressOutcome, type StressStage } from "@mxray/contracts";
import type { LoadPlan } from "./load-plan.ts";
import type { MessageSource } from "./message-source.ts";

/** What a worker tells the run. Times are `performance.now()`. */
export interface WorkerReports {
  readonly stage: (stage: StressStage, ms: number) => void;
  /** An answer other than 2xx and 3xx. */
  readonly refusal: (code: number, text: string) => void;
  /** A message ended; the worker is idle, or closes and reports that by `closed`. */
  readonly ended: (worker: SmtpWorker, job: Job, outcome: StressOutcome) => void;
  readonly connected: (by: 1 | -1) => void;
  /** Past its greeting. */
  readonly served: (by: 1 | -1) => void;
  readonly closed: (worker: SmtpWorker) => void;
}

/** A message to send. */
export interface Job {
  readonly index: number;
  readonly dueAt: number;
  startedAt: number;
}

type Step = StressStage | "starttls" | "rset" | "quit";

const CR_LF = "\r\n";
/** Bytes of an unfinished reply line. */
const LINE_CAP = 8192;
const CLOSED = "The connection ended before the answer.";

export class SmtpWorker {
  readonly #plan: LoadPlan;
  readonly #source: MessageSource;
  readonly #reports: WorkerReports;
  readonly #transaction: string;
  #socket: Socket | null = null;
  #rest = "";
  #steps: Step[] = [];
  /** Since when the next answer is awaited. */
  #askedAt = 0;
  #job: Job | null = null;
  #outcome: StressOutcome | null = null;
  #accepted = 0;
  #sent = 0;
  #greeted = false;
  #pipelining = false;
  #secure = false;
  #recipientsAnswered = 0;

  constructor(plan: LoadPlan, source: MessageSource, reports: WorkerReports) {
    this.#plan = plan;
    this.#source = source;
    this.#reports = reports;
    const { from, recipients } = plan.options;
    this.#transaction = [`MAIL FROM:<${from}>`, ...recipients.map((address) => `RCPT TO:<${address}>`), `DATA${CR_LF}`].join(CR_LF);
  }

  /** Sends a message, over the open connection or a new one. */
  send(job: Job): void {
    job.startedAt = performance.now();
    this.#job = job;
    this.#outcome = null;
    if (this.#socket === null) this.#open();
    else this.#begin();
  }

  /** Ends a wait that lasted longer than the plan allows. */
  expire(now: number): void {
    if (this.#socket !== null && this.#steps.length > 0 && now - this.#askedAt > this.#plan.options.timeoutSeconds * 1000)
      this.#drop("timedOut");
  }

  /** Says goodbye where no message is under way, else cuts it. */
  stop(): void {
    if (this.#socket === null) return;
    if (this.#job === null) this.#quit();
    else this.#drop("timedOut");
  }

  get idle(): boolean {
    return this.#job === null && (this.#socket === null || this.#steps.length === 0);
  }

  #open(): void {
    const { address, port } = this.#plan;
    const socket = connect({ host: address, port, noDelay: true });
    this.#socket = socket;
    this.#rest = "";
    this.#sent = 0;
    this.#greeted = false;
    this.#secure = false;
    this.#pipelining = false;
    this.#expect("connect");
    this.#reports.connected(1);
    socket.once("connect", () => {
      this.#plan.onConnected?.(socket);
      this.#measure("connect");
      this.#expect("greeting");
    });
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (socket !== this.#socket) return;
      this.#reports.refusal(0, `${error.code ?? error.message}`);
      this.#drop("reset");
    });
    socket.on("close", () => {
      if (socket !== this.#socket) return;
      if (this.#job !== null) this.#reports.refusal(0, CLOSED);
      this.#drop("reset");
    });
  }

  #read(chunk: Buffer): void {
    const text = this.#rest === "" ? chunk.toString("latin1") : this.#rest + chunk.toString("latin1");
    let from = 0;
    for (let end = text.indexOf("\n", from); end !== -1; end = text.indexOf("\n", from)) {
      const last = text.charCodeAt(from + 3) !== 45;
      if (this.#steps[0] === "ehlo") this.#keyword(text.slice(from + 4, end));
      if (last) {
        const code = Number(text.slice(from, from + 3));
        this.#answer(Number.isInteger(code) && code >= 200 && code < 600 ? code : 0, text, from, end);
        if (this.#socket === null) return;
      }
      from = end + 1;
    }
    this.#rest = from === text.length ? "" : text.slice(from);
    if (this.#rest.length > LINE_CAP) {
      this.#reports.refusal(0, "A line of the answer is too long.");
      this.#drop("reset");
    }
  }

  #keyword(text: string): void {
    if (text.trim().toUpperCase() === "PIPELINING") this.#pipelining = this.#plan.options.pipelining;
  }

  #answer(code: number, text: string, from: number, end: number): void {
    const step = this.#steps.shift();
    // A host that ends a connection which stood idle for too long.
    if (step === undefined && this.#job === null) {
      this.#close();
      return;
    }
    if (step === undefined || code === 0) {
      this.#reports.refusal(code, step === undefined ? "An answer that nothing asked for." : "An answer that is no SMTP reply.");
      this.#drop("reset");
      return;
    }
    if (step !== "rset" && step !== "quit" && step !== "starttls") this.#measure(step);
    if (code >= 400) {
      // What follows from a refusal, such as 554 to a DATA without recipients, is none of its own.
      if (this.#outcome === null) this.#reports.refusal(code, printable(text.slice(from, end).trimEnd(), 200));
      this.#refused(step, code);
    } else this.#went(step);
  }

  /** The answer was 2xx or 3xx. */
  #went(step: Step): void {
    switch (step) {
      case "connect":
      case "tls":
        return;
      case "greeting":
        this.#greeted = true;
        this.#reports.served(1);
        this.#hello();
        return;
      case "ehlo":
        this.#afterHello();
        return;
      case "starttls":
        this.#secureSocket();
        return;
      case "auth":
        this.#begin();
        return;
      case "mail":
        if (!this.#pipelining) this.#ask("rcpt", `RCPT TO:<${this.#plan.options.recipients[0]}>${CR_LF}`);
        return;
      case "rcpt":
        this.#accepted += 1;
        this.#afterRecipient();
        return;
      case "data":
        this.#content();
        return;
      case "end-of-data":
        if (this.#steps[0] !== "end-of-data") this.#end(this.#outcome ?? "accepted");
        return;
      case "rset":
        this.#end(this.#outcome ?? "accepted");
        return;
      case "quit":
        this.#close();
    }
  }

  #refused(step: Step, code: number): void {
    this.#outcome ??= code >= 500 ? "rejected" : "deferred";
    switch (step) {
      case "mail":
        if (!this.#pipelining) this.#reset();
        return;
      case "rcpt":
        this.#afterRecipient();
        return;
      case "data":
        this.#reset();
        return;
      case "end-of-data":
        if (this.#steps[0] !== "end-of-data") this.#end(this.#outcome);
        return;
      default:
        // Without a greeting, EHLO, TLS or authentication there is nothing to send over this connection.
        this.#drop(this.#outcome);
    }
  }

  #hello(): void {
    const verb = this.#plan.options.lmtp ? "LHLO" : "EHLO";
    this.#ask("ehlo", `${verb} ${this.#plan.options.helo}${CR_LF}`);
  }

  #afterHello(): void {
    if (this.#plan.options.starttls && !this.#secure) {
      this.#ask("starttls", `STARTTLS${CR_LF}`);
      return;
    }
    const { credentials } = this.#plan;
    if (credentials === null) {
      this.#begin();
      return;
    }
    const plain = Buffer.from(`\0${credentials.user}\0${credentials.password}`).toString("base64");
    this.#ask("auth", `AUTH PLAIN ${plain}${CR_LF}`);
  }

  #secureSocket(): void {
    const plain = this.#socket as Socket;
    plain.removeAllListeners("data");
    const secure = connectTls({
      socket: plain,
      servername: this.#plan.name,
      rejectUnauthorized: false,
      ...(this.#plan.secureContext === undefined ? {} : { secureContext: this.#plan.secureContext }),
    });
    this.#rest = "";
    this.#expect("tls");
    secure.once("secureConnect", () => {
      this.#measure("tls");
      this.#steps.shift();
      this.#secure = true;
      this.#hello();
    });
    this.#socket = secure;
    this.#listen(secure);
  }

  #begin(): void {
    if (this.#job === null) return;
    this.#accepted = 0;
    const { recipients } = this.#plan.options;
    if (!this.#pipelining) {
      this.#ask("mail", `MAIL FROM:<${this.#plan.options.from}>${CR_LF}`);
      return;
    }
    this.#expect("mail", ...recipients.map((): Step => "rcpt"), "data");
    this.#socket?.write(this.#transaction, "latin1");
  }

  #afterRecipient(): void {
    if (this.#pipelining) return;
    const { recipients } = this.#plan.options;
    const answered = this.#recipientsAnswered + 1;
    this.#recipientsAnswered = answered;
    const next = recipients[answered];
    if (next !== undefined) this.#ask("rcpt", `RCPT TO:<${next}>${CR_LF}`);
    else {
      this.#recipientsAnswered = 0;
      if (this.#accepted > 0) this.#ask("data", `DATA${CR_LF}`);
      else this.#reset();
    }
  }

  #content(): void {
    const job = this.#job as Job;
    const socket = this.#socket as Socket;
    const last = this.#sent + 1 >= this.#plan.options.perSession;
    const answers = this.#plan.options.lmtp ? Math.max(1, this.#accepted) : 1;
    this.#expect(...Array.from({ length: answers }, (): Step => "end-of-data"));
    socket.cork();
    // Every recipient was refused and DATA accepted all the same (RFC 2920 §3.1): an empty message, which is refused.
    if (this.#accepted === 0) socket.write(`.${CR_LF}`);
    else for (const part of this.#source.message(job.index)) socket.write(part);
    if (last && this.#pipelining) {
      socket.write(`QUIT${CR_LF}`);
      this.#steps.push("quit");
    }
    socket.uncork();
  }

  #reset(): void {
    if (this.#sent + 1 >= this.#plan.options.perSession) this.#end(this.#outcome ?? "deferred");
    else this.#ask("rset", `RSET${CR_LF}`);
  }

  /** The message ended, and the connection lives. */
  #end(outcome: StressOutcome): void {
    const job = this.#job;
    if (job === null) return;
    this.#job = null;
    this.#sent += 1;
    if (this.#sent >= this.#plan.options.perSession && this.#steps[0] !== "quit") this.#quit();
    this.#reports.ended(this, job, outcome);
  }

  #quit(): void {
    this.#ask("quit", `QUIT${CR_LF}`);
  }

  #ask(step: Step, line: string): void {
    this.#expect(step);
    this.#socket?.write(line, "latin1");
  }

  #expect(...steps: Step[]): void {
    this.#steps = steps;
    this.#askedAt = performance.now();
  }

  #measure(stage: StressStage): void {
    const now = performance.now();
    this.#reports.stage(stage, now - this.#askedAt);
    this.#askedAt = now;
  }

  /** The connection is given up, with the message that it carried. */
  #drop(outcome: StressOutcome): void {
    const job = this.#job;
    this.#job = null;
    this.#close();
    if (job !== null) this.#reports.ended(this, job, outcome);
  }

  #close(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    this.#steps = [];
    socket.destroy();
    this.#reports.connected(-1);
    if (this.#greeted) this.#reports.served(-1);
    this.#reports.closed(this);
  }
}
