/**
 * A plain client for the lab's own tests: goes through a session and says where the first thing out of order was. It knows
 * nothing of paths and proofs; it is here to see that each script does what its expectation says.
 */
import net from "node:net";
import tls from "node:tls";
import type { Stage, StageOutcome } from "@mxray/contracts";

type Reply =
  | { readonly kind: "reply"; readonly code: number; readonly text: string }
  | { readonly kind: "protocol"; readonly text: string }
  | { readonly kind: "timeout" | "closed" | "too-long" };

export interface DialogueResult {
  readonly stage: Stage;
  readonly outcome: StageOutcome;
  readonly detail: string;
}

const REPLY_CAP = 64_000;

export class Dialogue {
  #socket: net.Socket;
  #buffer = "";
  #ended = false;
  #wake: () => void = () => {};
  readonly patienceMs: number;

  constructor(port: number, patienceMs: number) {
    this.patienceMs = patienceMs;
    this.#socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.#listen(this.#socket);
  }

  #listen(socket: net.Socket): void {
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#buffer = (this.#buffer + text).slice(0, 2 * REPLY_CAP);
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  send(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** The next whole reply. */
  async reply(): Promise<Reply> {
    const until = performance.now() + this.patienceMs;
    for (;;) {
      const found = /^(?:\d{3}-[^\n]*\n)*(?!\d{3}-)[^\n]*\n/.exec(this.#buffer)?.[0];
      if (this.#buffer.length > REPLY_CAP && (!found || found.length > REPLY_CAP)) return { kind: "too-long" };
      if (found) {
        this.#buffer = this.#buffer.slice(found.length);
        const lines = found.trimEnd().split("\n");
        const codes = new Set(lines.map((line) => line.slice(0, 3)));
        const code = /^[2-5]\d\d(?=[ \-\r\n]|$)/.exec(lines.at(-1) ?? "")?.[0];
        return codes.size === 1 && code ? { kind: "reply", code: Number(code), text: found } : { kind: "protocol", text: found };
      }
      if (this.#ended) return { kind: "closed" };
      const left = until - performance.now();
      if (left <= 0) return { kind: "timeout" };
      await this.#event(left);
    }
  }

  /** Everything that came and was not taken as a reply. */
  get rest(): string {
    return this.#buffer;
  }

  async command(line: string): Promise<Reply> {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** Writes bytes and tells whether they were all taken in time. */
  async pour(bytes: number): Promise<"taken" | "timeout" | "closed"> {
    const block = Buffer.from(`${"x".repeat(76)}\r\n`.repeat(Math.ceil(bytes / 78))).subarray(0, bytes);
    const { promise, resolve } = Promise.withResolvers<"taken">();
    this.#socket.write(block, () => resolve("taken"));
    const until = performance.now() + this.patienceMs;
    for (;;) {
      const left = until - performance.now();
      const result = await Promise.race([promise, this.#event(Math.max(1, left)).then(() => null)]);
      if (this.#ended) return "closed";
      if (result) return result;
      if (left <= 0) return "timeout";
    }
  }

  async secure(): Promise<"secured" | "failed" | "timeout"> {
    const secure = tls.connect({ socket: this.#socket, rejectUnauthorized: false });
    const { promise, resolve } = Promise.withResolvers<"secured" | "failed" | "timeout">();
    secure.once("secureConnect", () => resolve("secured"));
    secure.once("error", () => resolve("failed"));
    secure.once("close", () => resolve("failed"));
    const timer = setTimeout(() => resolve("timeout"), Math.max(2000, this.patienceMs));
    const outcome = await promise;
    clearTimeout(timer);
    if (outcome === "secured") {
      this.#socket = secure;
      this.#listen(secure);
    }
    return outcome;
  }

  /** The certificates that the host sent, its own first; inside TLS only. */
  get chain(): tls.DetailedPeerCertificate[] {
    const chain: tls.DetailedPeerCertificate[] = [];
    let next = this.#socket instanceof tls.TLSSocket ? this.#socket.getPeerCertificate(true) : null;
    while (next && !chain.includes(next)) {
      chain.push(next);
      next = next.issuerCertificate ?? null;
    }
    return chain;
  }

  end(): void {
    this.#socket.destroy();
  }

  async #event(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

/** Goes through a whole session, over several connections, up to the first thing out of order. */
export async function walkThrough(port: number, patienceMs: number): Promise<DialogueResult> {
  const open: Dialogue[] = [];
  try {
    return (
      (await walk(() => {
        const dialogue = new Dialogue(port, patienceMs);
        open.push(dialogue);
        return dialogue;
      })) ?? { stage: "quit", outcome: "ok", detail: "" }
    );
  } finally {
    for (const dialogue of open) dialogue.end();
  }
}

async function walk(dial: () => Dialogue): Promise<DialogueResult | null> {
  const first = await greetAndHello(dial());
  if ("stage" in first) return first;
  const { dialogue, masked, startTls } = first;
  const noops = ["NOOP", masked ? "NOOP" : `NOOP ${"x".repeat(1400)}`, "NOOP"];
  for (const line of noops) {
    const noop = judge("noop-ladder", await dialogue.command(line), [250, 500]);
    if (noop) return noop;
  }
  let envelope = await mailAndData(dialogue);
  let inside = dialogue;
  if (startTls) {
    const second = await greetAndHello(dial());
    if ("stage" in second) return second;
    const agreed = judge("starttls", await second.dialogue.command("STARTTLS"), [220]);
    if (agreed) return agreed;
    if (second.dialogue.rest !== "") return { stage: "starttls", outcome: "failed", detail: "injected" };
    const secured = await second.dialogue.secure();
    if (secured !== "secured") return { stage: "starttls", outcome: secured === "timeout" ? "stalled" : "failed", detail: "tls" };
    inside = second.dialogue;
    if (envelope?.detail.startsWith("530")) {
      const hello = judge("envelope", await inside.command("EHLO client.example.test"), [250]);
      envelope = hello ? { ...hello, outcome: "failed" } : await mailAndData(inside);
    }
  }
  if (envelope) return envelope;
  const third = await greetAndHello(dial());
  if ("stage" in third) return null;
  return judge("quit", await third.dialogue.command("QUIT"), [221]);
}

async function greetAndHello(dialogue: Dialogue): Promise<DialogueResult | { dialogue: Dialogue; masked: boolean; startTls: boolean }> {
  const greeting = await dialogue.reply();
  const masked = greeting.kind === "reply" ? greeting.text.includes("********") : greeting.kind === "protocol";
  const welcome = judge("greeting", greeting, [220]);
  // A mask over everything has no code; anything else without one is no mail host.
  if (welcome && !(greeting.kind === "protocol" && /^(?:220)?\*+\r?\n$/.test(greeting.text))) return welcome;
  let hello = await dialogue.command("EHLO client.example.test");
  if (hello.kind === "reply" && hello.code >= 500 && hello.code !== 554) hello = await dialogue.command("HELO client.example.test");
  const refused = judge("ehlo", hello, [250]);
  if (refused) return refused;
  if (dialogue.rest !== "") return { stage: "ehlo", outcome: "failed", detail: "more than asked for" };
  return { dialogue, masked, startTls: hello.kind === "reply" && /^250[- ](?:STARTTLS|X+A)\r?$/m.test(hello.text) };
}

async function mailAndData(dialogue: Dialogue): Promise<DialogueResult | null> {
  for (const [line, code] of [
    ["MAIL FROM:<>", 250],
    ["RCPT TO:<postmaster>", 250],
    ["DATA", 354],
  ] as const) {
    const step = judge("envelope", await dialogue.command(line), [code]);
    if (step) return step;
  }
  for (const bytes of [1000, 30_000, 200_000, 8_000_000]) {
    const poured = await dialogue.pour(bytes);
    if (poured === "timeout") return { stage: "data-ladder", outcome: "stalled", detail: `${bytes}` };
    const early = dialogue.rest !== "" ? await dialogue.reply() : null;
    if (early) return judge("data-ladder", early, []) ?? null;
    if (poured === "closed") return { stage: "data-ladder", outcome: "failed", detail: `${bytes}` };
  }
  return null;
}

function judge(stage: Stage, reply: Reply, wanted: readonly number[]): DialogueResult | null {
  switch (reply.kind) {
    case "reply":
      if (wanted.includes(reply.code)) return null;
      return { stage, outcome: reply.code >= 400 ? "refused" : "failed", detail: String(reply.code) };
    case "timeout":
      return { stage, outcome: "stalled", detail: "timeout" };
    case "closed":
    case "protocol":
    case "too-long":
      return { stage, outcome: "failed", detail: reply.kind };
  }
}
