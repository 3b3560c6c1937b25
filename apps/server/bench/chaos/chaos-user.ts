/** A user who does whatever comes to mind, and notes what the server acknowledged. No answer at all is no acknowledgement. */
import { appendFileSync } from "node:fs";
import { connect } from "node:net";
import type { ChaosLedger } from "./chaos-ledger.ts";
import type { ChaosServer } from "./chaos-server.ts";

export interface ChaosUserDeps {
  readonly server: ChaosServer;
  readonly ledger: ChaosLedger;
  readonly random: () => number;
  /** What may be probed. */
  readonly targets: readonly string[];
  /** What this user alone watches. */
  readonly watched: string;
  /** Where a delivery test is accepted. */
  readonly mailHost: string;
  /** A log of this user's own. */
  readonly log: string;
  /** Before the first number that this user gives away. */
  readonly numbersFrom: number;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says.
  readonly body: any;
}

const ANSWER_MS = 60_000;
const PAGES = [
  "/api/v1/probes",
  "/api/v1/findings",
  "/api/v1/peers",
  "/api/v1/links",
  "/api/v1/watches",
  "/api/v1/wall",
  "/api/v1/logs/sources",
  "/api/v1/logs/statistics",
  "/api/v1/settings",
  "/api/v1/search?q=127",
  "/readyz",
];

export class ChaosUser {
  readonly #deps: ChaosUserDeps;
  #count: number;

  constructor(deps: ChaosUserDeps) {
    this.#deps = deps;
    this.#count = deps.numbersFrom;
  }

  /** One act, chosen by chance. */
  async act(): Promise<void> {
    const acts = [
      [4, "probe", () => this.#probe()],
      [1, "deliver", () => this.#deliver()],
      [5, "write", async () => this.#write()],
      [1, "follow", () => this.#follow()],
      [2, "upload", () => this.#upload()],
      [1, "stalled upload", async () => this.#stall()],
      [2, "note", () => this.#note()],
      [2, "share", () => this.#share()],
      [1, "revoke", () => this.#revoke()],
      [1, "watch", () => this.#watch()],
      [1, "setting", () => this.#set()],
      [1, "cancel", () => this.#cancel()],
      [5, "read", () => this.#read()],
    ] as const;
    let chance = this.#deps.random() * acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, name, act] of acts) {
      chance -= weight;
      if (chance > 0) continue;
      this.#deps.ledger.count(name);
      await act();
      return;
    }
  }

  async #probe(): Promise<void> {
    const { ledger, random } = this.#deps;
    const answer = await this.#ask("POST", "/api/v1/probes", { target: this.#target(), dataLadder: random() < 0.2 });
    if (answer?.status === 202) ledger.probes.add(answer.body.id);
  }

  async #deliver(): Promise<void> {
    const { ledger, mailHost } = this.#deps;
    const recipient = `friend-${this.#unique()}@example.org`;
    ledger.deliveries.set(recipient, "asked");
    const answer = await this.#ask("POST", "/api/v1/probes", { target: mailHost, deliverTo: recipient, deliverConfirmed: recipient });
    if (answer?.status !== 202) return;
    ledger.deliveries.set(recipient, answer.body.id);
    ledger.probes.add(answer.body.id);
  }

  #write(): void {
    const { ledger, log, random } = this.#deps;
    const lines = 1 + Math.floor(random() * 50);
    const line = () =>
      `${new Date().toISOString()} mx1 postfix/smtpd[77]: timeout after DATA (${this.#number()} bytes) from client.example[198.51.100.9]\n`;
    let text = "";
    for (let count = 0; count < lines; count += 1) text += line();
    ledger.lines.set(log, (ledger.lines.get(log) ?? 0) + lines);
    const half = Math.floor(text.length / 2);
    appendFileSync(log, text.slice(0, half));
    appendFileSync(log, text.slice(half));
  }

  async #follow(): Promise<void> {
    await this.#ask("POST", "/api/v1/logs/sources", { location: this.#deps.log });
  }

  async #upload(): Promise<void> {
    const lines = 1 + Math.floor(this.#deps.random() * 2000);
    const line = `${new Date().toISOString()} mx1 postfix/smtp[7]: connect to mx.example[192.0.2.1]:25: Connection refused\n`;
    const answer = await this.#ask("POST", "/api/v1/logs/scan?name=chaos", line.repeat(lines));
    if (answer?.status === 200 && answer.body.summary.lines !== lines) {
      this.#deps.ledger.violate(`an upload of ${lines} lines was answered with ${answer.body.summary.lines}`);
    }
  }

  /** The server has to end it. */
  #stall(): void {
    const { server, random } = this.#deps;
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1").on("error", () => undefined);
    const head = `POST /api/v1/logs/scan HTTP/1.1\r\nHost: localhost\r\nCookie: ${server.headers.cookie}\r\nContent-Length: 100000\r\n\r\nNov 30`;
    socket.write(head);
    if (random() < 0.5) setTimeout(() => socket.destroy(), 1000);
  }

  async #note(): Promise<void> {
    const { ledger, random } = this.#deps;
    const finding = this.#one(await this.#listed("findings"));
    if (finding === undefined) return;
    const note = `note ${this.#unique()}`;
    const act = random() < 0.3 ? "dismiss" : random() < 0.5 ? "reopen" : "acknowledge";
    const answer = await this.#ask("POST", `/api/v1/findings/${finding.id}/${act}`, act === "reopen" ? undefined : { note });
    if (answer?.status === 200 && act !== "reopen") ledger.notes.push({ findingId: finding.id, note });
  }

  async #share(): Promise<void> {
    const probe = this.#one((await this.#listed("probes")).filter(({ status }) => status === "done"));
    if (probe === undefined) return;
    const answer = await this.#ask("POST", "/api/v1/links/diagnosis", { probeId: probe.id, expiresInDays: 30 });
    if (answer?.status === 201) this.#deps.ledger.links.push({ id: answer.body.id, token: answer.body.token, revoked: false });
  }

  async #revoke(): Promise<void> {
    const link = this.#one(this.#deps.ledger.links.filter(({ revoked }) => revoked === false));
    if (link === undefined) return;
    link.revoked = null;
    const answer = await this.#ask("DELETE", `/api/v1/links/${link.id}`);
    if (answer !== null && answer.status < 300) link.revoked = true;
    else if (answer !== null && answer.status !== 503) link.revoked = false;
  }

  async #watch(): Promise<void> {
    const { ledger, random, watched: target } = this.#deps;
    const answer = await this.#ask("PUT", "/api/v1/watches", { target });
    if (answer !== null && answer.status < 300 && answer.body.target !== undefined) {
      ledger.watches.set(target, true);
      if (random() < 0.5) return;
      ledger.watches.set(target, null);
      const ended = await this.#ask("DELETE", `/api/v1/watches/${answer.body.id}`);
      if (ended !== null && ended.status < 300) ledger.watches.set(target, false);
    } else if (answer === null || answer.status >= 500) ledger.watches.set(target, null);
  }

  async #set(): Promise<void> {
    const { ledger } = this.#deps;
    const contact = `ops-${this.#unique()}@example.org`;
    const before = ledger.contacts;
    ledger.contacts = [...before, contact];
    const answer = await this.#ask("PATCH", "/api/v1/settings", { contact });
    if (answer === null) return;
    if (answer.status === 200) ledger.contacts = [contact];
    else if (answer.status !== 503) ledger.contacts = before;
  }

  async #cancel(): Promise<void> {
    const id = this.#one([...this.#deps.ledger.probes].slice(-5));
    if (id !== undefined) await this.#ask("POST", `/api/v1/probes/${id}/cancel`);
  }

  async #read(): Promise<void> {
    const path = this.#one(PAGES);
    if (path !== undefined) await this.#ask("GET", path);
  }

  /** Null where no answer came: the server was killed, or another one starts. */
  async #ask(method: string, path: string, payload?: object | string): Promise<Answer | null> {
    const { server, ledger } = this.#deps;
    const { url } = server;
    const began = performance.now();
    try {
      const answer = await fetch(url + path, {
        method,
        headers: { ...server.headers, ...(typeof payload === "object" ? { "content-type": "application/json" } : {}) },
        ...(payload === undefined ? {} : { body: typeof payload === "string" ? payload : JSON.stringify(payload) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await answer.text();
      const { status } = answer;
      ledger.slowestAnswerMs = Math.max(ledger.slowestAnswerMs, performance.now() - began);
      ledger.statuses.set(status, (ledger.statuses.get(status) ?? 0) + 1);
      if (status === 401) ledger.violate(`the session was lost at ${method} ${path}`);
      if (status === 400 || (status >= 500 && status !== 503))
        ledger.violate(`${method} ${path} was answered with ${status}: ${text.slice(0, 300)}`);
      return { status, body: text.startsWith("{") ? JSON.parse(text) : text };
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError" && server.url === url) {
        ledger.violate(`${method} ${path} had no answer within ${ANSWER_MS / 1000} s`);
      }
      return null;
    }
  }

  async #listed(what: "findings" | "probes"): Promise<readonly { readonly id: string; readonly status?: string }[]> {
    return (await this.#ask("GET", `/api/v1/${what}?limit=50`))?.body?.[what] ?? [];
  }

  #target(): string {
    return this.#one(this.#deps.targets) ?? "127.0.0.1";
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.#deps.random() * of.length)];
  }

  #unique(): string {
    return `${this.#deps.log.split("/").at(-1)}-${this.#number()}`;
  }

  #number(): number {
    this.#count += 1;
    return this.#count;
  }
}
