/**
 * A real PostgreSQL server in a directory of its own, reached by a socket there and on a loopback port, with any number of databases.
 * Nothing of it is durable: it is for tests. It ends with the process that started it, however that ends. Text sorts by the rules of
 * English, as in most installations. PostgreSQL refuses to run as root; there it runs as `nobody`.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { AVAILABLE, type Availability, unavailable } from "./availability.ts";

const run = promisify(execFile);

const VERSIONS = "/usr/lib/postgresql";
const USER = "mxray";
const MOST_OUTPUT = 64_000;
const START_MS = 60_000;

export interface PostgresOptions {
  /** What its user needs on the loopback port; the socket asks for none. Letters and digits. */
  readonly password?: string;
  /** Settings over the lab's own. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface PostgresServer extends AsyncDisposable {
  /** Loopback port. */
  readonly port: number;
  /** The directory of its socket. */
  readonly directory: string;
  /** URL of a database, by the socket. */
  url(database: string): string;
  /** Runs a statement such as `create database`. */
  run(statement: string, database?: string): Promise<void>;
  /** Ends it as a power cut would, and waits for that. */
  kill(): Promise<void>;
  /** After `kill`: with the same databases. */
  start(): Promise<void>;
  /** Everything it logged so far. */
  log(): string;
}

export function postgresAvailability(): Availability {
  if (postgresPrograms() !== null) return AVAILABLE;
  return unavailable("PostgreSQL 15 or newer is not installed.", "apt-get install postgresql");
}

export async function startPostgres({ password = "secret", config = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error("PostgreSQL is not installed.");
  const directory = await mkdtemp(join(tmpdir(), "mxray-postgres-"));
  const as = process.getuid?.() === 0 ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
  if (as.length > 0) await run("chown", ["nobody", directory]);
  await chmod(directory, 0o755);
  const secret = join(directory, "password");
  await writeFile(secret, password, { mode: 0o644 });
  const data = join(directory, "data");
  const cluster = [`--pgdata=${data}`, `--username=${USER}`, `--pwfile=${secret}`, "--auth-local=trust", "--auth-host=scram-sha-256"];
  const text = ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en"];
  const here = { cwd: directory };
  await run("setpriv", [...as, join(programs, "initdb"), "--no-sync", "--no-instructions", ...cluster, ...text], here);

  const port = await freePort();
  const settings = Object.entries({
    ...{ listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: directory },
    ...{ fsync: "off", synchronous_commit: "off", full_page_writes: "off", shared_buffers: "32MB", max_connections: "60" },
    ...config,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let output = "";
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn("setpriv", [...as, "--pdeathsig=QUIT", join(programs ?? "", "postgres"), "-D", data, ...settings], {
      ...here,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    started.stderr.setEncoding("utf8").on("data", (words: string) => {
      output = (output + words).slice(-MOST_OUTPUT);
    });
    const until = performance.now() + START_MS;
    while (!(await answers())) {
      if (started.exitCode === null && performance.now() < until) continue;
      await kill();
      throw new Error(`PostgreSQL does not answer: ${output.trim()}`);
    }
  }

  async function answers(): Promise<boolean> {
    return await client("pg_isready", ["--dbname=postgres", "--timeout=1"]).then(
      () => true,
      () => sleep(50, false),
    );
  }

  function client(program: "pg_isready" | "psql", args: readonly string[]) {
    const to = [`--host=${directory}`, `--port=${port}`, `--username=${USER}`];
    return run(join(programs ?? "", program), [...to, ...args], here);
  }

  async function kill(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGQUIT");
    await ended;
  }

  await start();
  return {
    port,
    directory,
    url: (database) => `postgresql://${USER}@localhost:${port}/${database}?host=${directory}`,
    async run(statement, database = "postgres") {
      await client("psql", ["--no-psqlrc", "--quiet", `--dbname=${database}`, `--command=${statement}`]);
    },
    kill,
    start,
    log: () => output,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The folder of the newest version's programs; null if there is none. */
function postgresPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS).map(Number);
  const newest = versions.filter((version) => version >= 15 && existsSync(join(VERSIONS, String(version), "bin", "initdb")));
  return newest.length === 0 ? null : join(VERSIONS, String(Math.max(...newest)), "bin");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}
