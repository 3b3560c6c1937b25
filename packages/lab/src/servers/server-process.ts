/**
 * Mail hosts and name servers inside a node of the network: one Node process there, in which any number of them run. Stopping
 * it, or the network, ends them all.
 */
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { mailHostScript } from "../hosts/index.ts";
import type { NetworkNode } from "../kernel/node.ts";
import type { MailHostOptions } from "../mail-host/mail-host.ts";
import type { MailHostConnection } from "../mail-host/record.ts";
import type { MailHostScript } from "../mail-host/script.ts";
import type { DnsServerOptions, DnsZone } from "./dns-server.ts";
import type { ServerAnswer, ServerRequest, ServerReturn } from "./protocol.ts";

export interface RemoteMailHost extends AsyncDisposable {
  readonly script: MailHostScript;
  readonly port: number;
  /** What it has seen so far. */
  connections(): Promise<readonly MailHostConnection[]>;
  /** Messages accepted so far. */
  delivered(): Promise<number>;
  stop(): Promise<void>;
}

export interface RemoteDnsServer extends AsyncDisposable {
  /** `IP:PORT`. */
  readonly address: string;
  questions(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export class ServerProcess implements AsyncDisposable {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: ServerAnswer) => void>();
  #calls = 0;

  constructor(node: NetworkNode) {
    this.#child = node.spawn(process.execPath, [fileURLToPath(new URL("./server-child.ts", import.meta.url))], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.on("message", (message) => {
      const { id, answer } = message as ServerReturn;
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    this.#child.once("close", () => this.#fail("the process of the servers ended"));
    this.#child.once("error", (error) => this.#fail(error.message));
  }

  /** Listens on both families and port 25 unless told otherwise. @throws Error when the port is taken */
  async mailHost(which: MailHostScript | string, options: MailHostOptions = {}): Promise<RemoteMailHost> {
    const script = typeof which === "string" ? mailHostScript(which) : which;
    const started = await this.#start({ do: "mail-host", script, options: { host: "::", port: 25, ...options } });
    const connections = async () => {
      const answer = await this.#call({ do: "connections", server: started.server });
      return answer.kind === "connections" ? answer.connections : [];
    };
    const stop = () => this.#stop(started.server);
    return {
      script,
      port: started.port,
      connections,
      delivered: async () => (await connections()).reduce((sum, connection) => sum + connection.delivered.length, 0),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }

  /** Listens on port 53 of the node's first IPv4 address unless told otherwise. */
  async dnsServer(zone: DnsZone, options: DnsServerOptions & { readonly host: string }): Promise<RemoteDnsServer> {
    const started = await this.#start({ do: "dns-server", zone, options: { port: 53, ...options } });
    const stop = () => this.#stop(started.server);
    return {
      address: started.address,
      questions: async () => {
        const answer = await this.#call({ do: "questions", server: started.server });
        return answer.kind === "questions" ? answer.questions : [];
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(request: ServerRequest): Promise<Extract<ServerAnswer, { kind: "started" }>> {
    const answer = await this.#call(request);
    if (answer.kind === "started") return answer;
    throw new Error(answer.kind === "failed" ? answer.message : `unexpected answer ${answer.kind}`);
  }

  async #stop(server: number): Promise<void> {
    // Once the process is gone, so is the server.
    if (this.#child.connected) await this.#call({ do: "stop", server });
  }

  #call(request: ServerRequest): Promise<ServerAnswer> {
    const id = ++this.#calls;
    const { promise, resolve } = Promise.withResolvers<ServerAnswer>();
    this.#waiting.set(id, resolve);
    this.#child.send({ id, request }, (error) => {
      if (error) this.#fail(error.message);
    });
    return promise;
  }

  #fail(message: string): void {
    for (const resolve of this.#waiting.values()) resolve({ kind: "failed", message });
    this.#waiting.clear();
  }
}
