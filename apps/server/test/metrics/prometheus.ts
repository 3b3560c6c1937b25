/** Real Prometheus and Alertmanager, started by a test in a folder of its own and gone with it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const UNPACKED = fileURLToPath(new URL("../../../../.cache/prometheus/root/usr/bin", import.meta.url));
const FOLDERS = [UNPACKED, ...(process.env.PATH ?? "").split(delimiter)];

type PrometheusProgram = "prometheus" | "promtool" | "prometheus-alertmanager" | "amtool";

/** Null where it is not on this machine. */
function prometheusProgram(name: PrometheusProgram): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

export const PROMETHEUS_IS_HERE = (["prometheus", "promtool", "prometheus-alertmanager", "amtool"] as const).every(
  (name) => prometheusProgram(name) !== null,
);
export const PROMETHEUS_MISSING =
  "Skipped: Debian's packages prometheus and prometheus-alertmanager are not here; `npm test` unpacks them as root.";

/** Output and status of a checking program. */
export function runPrometheusTool(
  name: PrometheusProgram,
  args: readonly string[],
  input?: string,
): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(prometheusProgram(name) ?? name, args, { encoding: "utf8", input });
  return { status, output: `${stdout}${stderr}` };
}

export interface PrometheusService extends AsyncDisposable {
  readonly url: string;
}

/** @param options of its command line, by the port to listen on and a folder for its data */
export async function startPrometheusService(
  name: "prometheus" | "prometheus-alertmanager",
  options: (port: number, data: string) => readonly string[],
): Promise<PrometheusService> {
  const data = await mkdtemp(join(tmpdir(), `mxray-${name}-`));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = [prometheusProgram(name) ?? name, `--web.listen-address=127.0.0.1:${port}`, ...options(port, data)];
  const [command = "", ...args] = program[0]?.startsWith(UNPACKED) ? inItsPlace(program) : program;
  const child = spawn(command, args, { cwd: data, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (bytes) => {
    log += bytes;
  });
  const ended = once(child, "exit");
  await ready(`${url}/-/ready`, child, () => log);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Debian's Alertmanager reads its templates from /usr/share: in a mount namespace of its own, they are there. */
function inItsPlace(program: readonly string[]): string[] {
  const share = join(UNPACKED, "..", "share");
  const script = 'mount -t overlay -o "lowerdir=$0:/usr/share" overlay /usr/share && exec "$@"';
  return ["unshare", ...(process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"]), "sh", "-c", script, share, ...program];
}

async function ready(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`It ended with status ${child.exitCode}:\n${log()}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port.");
  return address.port;
}
