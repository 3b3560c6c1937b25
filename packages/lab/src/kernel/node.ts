/** One machine of the network: a network namespace in which commands run, with the packet filter faults it has now. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type FirewallFault, firewallRules } from "./firewall.ts";
import { type Holder, holderEnvironment } from "./holder.ts";
import type { Sysctls } from "./setup-script.ts";
import type { TopologyAddress, TopologyNode } from "./topology.ts";

export interface NodeExecOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** Milliseconds after which it is ended with SIGTERM; default 60,000. */
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Run it as a user without any privilege. */
  readonly unprivileged?: boolean;
}

export interface NodeExecResult {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type NodeSpawnOptions = SpawnOptions & { readonly unprivileged?: boolean };

export class NetworkNode {
  readonly name: string;
  /** In the order of the node's links; on the server all its addresses. */
  readonly addresses: readonly TopologyAddress[];
  readonly topology: TopologyNode;
  readonly #holder: Holder;
  readonly #faults = new Map<string, FirewallFault>();

  constructor(topology: TopologyNode, holder: Holder) {
    this.name = topology.name;
    this.topology = topology;
    this.addresses = topology.ports.flatMap((port) => port.addresses);
    this.#holder = holder;
  }

  /** The node's first address. */
  get address(): TopologyAddress {
    const first = this.addresses[0];
    if (!first) throw new Error(`${this.name} has no address`);
    return first;
  }

  /** Whether the network was built as root or in a user namespace. */
  get mode(): Holder["mode"] {
    return this.#holder.mode;
  }

  /** The command line that runs another one in this node, for a person to paste. */
  enterCommand(command: readonly string[]): readonly string[] {
    return this.#holder.enter(this.name, command);
  }

  /** Starts a program in this node. It ends with the network; `kill` reaches the program itself. */
  spawn(command: string, args: readonly string[] = [], options: NodeSpawnOptions = {}): ChildProcess {
    const { unprivileged = false, env, ...rest } = options;
    const inner = unprivileged ? [...this.#withoutPrivilege(), command, ...args] : [command, ...args];
    const [program, ...argumentsOfIt] = this.#holder.enter(this.name, inner);
    return killInside(spawn(program, argumentsOfIt, { ...rest, env: holderEnvironment(env) }));
  }

  /** Runs a program to its end. A non-zero exit status is a result, not an error. */
  async exec(command: string, args: readonly string[] = [], options: NodeExecOptions = {}): Promise<NodeExecResult> {
    const child = this.spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
      unprivileged: options.unprivileged ?? false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<NodeExecResult>();
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on("data", (bytes: Buffer) => output.push(bytes));
    child.stderr?.on("data", (bytes: Buffer) => errors.push(bytes));
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    const timer = setTimeout(() => {
      child.kill("SIGTERM");
      // A grandchild may keep the pipes open; it ends with the network at the latest.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, options.timeoutMs ?? 60_000);
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(output).toString(), stderr: Buffer.concat(errors).toString() }),
    );
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a program that must succeed. @throws Error with what it said when it does not */
  async run(command: string, args: readonly string[], options: NodeExecOptions = {}): Promise<string> {
    const result = await this.exec(command, args, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`${this.name}: ${command} ${args.join(" ")}: ${result.signal ?? result.code}: ${result.stderr.trim()}`);
  }

  /** Several `ip` sub-commands in one process. */
  async ip(commands: readonly string[]): Promise<void> {
    if (commands.length > 0) await this.run("ip", ["-batch", "-"], { input: `${commands.join("\n")}\n` });
  }

  async setSysctls(values: Sysctls): Promise<void> {
    await this.run("sysctl", ["-q", "-w", ...Object.entries(values).map(([key, value]) => `${key}=${value}`)]);
  }

  /** Sets, replaces (same key) or, with null, takes away one packet filter fault. */
  async setFault(key: string, fault: FirewallFault | null): Promise<void> {
    if (fault === null) this.#faults.delete(key);
    else this.#faults.set(key, fault);
    await this.#applyFaults();
  }

  async clearFaults(): Promise<void> {
    if (this.#faults.size === 0) return;
    this.#faults.clear();
    await this.#applyFaults();
  }

  async #applyFaults(): Promise<void> {
    await this.run("nft", ["-f", "-"], { input: firewallRules([...this.#faults.values()]) });
  }

  /** The death signal is set anew, since a change of credentials clears it. */
  #withoutPrivilege(): string[] {
    const user = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
    return this.#holder.mode === "root"
      ? ["setpriv", ...user, "setpriv", "--pdeathsig", "TERM"]
      : ["unshare", "--user", "--map-user=65534", "setpriv", "--pdeathsig", "TERM"];
  }
}

/**
 * What we start is `nsenter`, which waits for the program and ends as it ends. A signal belongs to the program: were `nsenter`
 * killed, the program would be orphaned out of its process namespace.
 */
function killInside(child: ChildProcess): ChildProcess {
  const killWaiter = child.kill.bind(child);
  child.kill = (signal = "SIGTERM") => {
    const inner = firstChildOf(child.pid);
    if (inner === null || child.exitCode !== null) return killWaiter(signal);
    try {
      return process.kill(inner, signal);
    } catch {
      return false;
    }
  };
  return child;
}

function firstChildOf(pid: number | undefined): number | null {
  try {
    const first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
    return first > 0 ? first : null;
  } catch {
    return null;
  }
}
