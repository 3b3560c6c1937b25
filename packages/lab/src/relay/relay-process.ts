/** The process that is the wire of a relayed link, seen from outside: starts it, tells it what to do to packets, ends it. */
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { NetworkNode } from "../kernel/node.ts";
import type { RelayPlan } from "./relay-conditions.ts";

const CHILD = fileURLToPath(new URL("./relay-child.ts", import.meta.url));

export interface RelayEnd {
  readonly node: NetworkNode;
  /** Name of the TUN device there. */
  readonly device: string;
}

export class RelayProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #errors = "";

  private constructor(left: RelayEnd, right: RelayEnd) {
    const end = ({ node, device }: RelayEnd) => [`/run/netns/${node.name}`, device];
    this.#child = left.node.spawn(process.execPath, [CHILD, ...end(left), ...end(right)], { stdio: ["pipe", "pipe", "pipe"] });
    this.#ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.stdin?.on("error", () => {});
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      for (const _ of text.matchAll(/ok\n/g)) this.#waiting.shift()?.resolve();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#child.once("error", (error) => this.#fail(error.message));
    this.#child.once("close", () => this.#fail(this.#errors.trim() || "it ended"));
  }

  /** @param left the end towards the client. @throws Error where the devices cannot be attached to */
  static async start(left: RelayEnd, right: RelayEnd): Promise<RelayProcess> {
    const relay = new RelayProcess(left, right);
    await relay.#answer();
    return relay;
  }

  /** In force when this returns. Packets already in flight keep the time they were given. */
  async setPlan(plan: RelayPlan): Promise<void> {
    const answer = this.#answer();
    this.#child.stdin?.write(`${JSON.stringify(plan)}\n`);
    await answer;
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  #answer(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.reject(new Error("the relay has ended"));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject });
    return promise;
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`The relay of a link failed: ${why}`));
  }
}
