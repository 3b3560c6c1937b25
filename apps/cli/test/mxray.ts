/** The `mxray` command as a stranger runs it: from node_modules/.bin, in another directory, with the machine's own Node. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProbeReport } from "@mxray/contracts";
import type { Network } from "@mxray/lab";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));

export interface MxrayResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without the project's own programs on the PATH: what npm puts there must not be what makes it work. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** For tests that start the command themselves. */
export const STRANGER = { program: MXRAY, environment: strangersEnvironment } as const;

/** Here, outside of any lab. */
export function mxray(args: readonly string[], options: { env?: NodeJS.ProcessEnv; stdin?: string } = {}): Promise<MxrayResult> {
  const child = spawn(MXRAY, args, { cwd: tmpdir(), env: { ...strangersEnvironment(), ...options.env } });
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** From the client of a network, its routes' learned MTUs forgotten first. */
export async function mxrayFrom(network: Network, args: readonly string[]): Promise<MxrayResult> {
  await network.flushRoutes();
  const { code, stdout, stderr } = await network.client.exec(MXRAY, args, {
    cwd: tmpdir(),
    env: strangersEnvironment(),
    timeoutMs: 90_000,
  });
  return { status: code, stdout, stderr };
}

export async function probeReport(network: Network, args: readonly string[]): Promise<{ status: number | null; report: ProbeReport }> {
  const { status, stdout, stderr } = await mxrayFrom(network, ["probe", "--json", ...args]);
  if (stdout === "") throw new Error(`mxray probe printed nothing: ${stderr}`);
  return { status, report: JSON.parse(stdout) as ProbeReport };
}
