/** Who an agent is: kept in its data directory, for nobody else to read. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AgentEnd } from "./agent-end.ts";

export interface AgentIdentity {
  readonly server: string;
  readonly name: string;
  readonly secret: string;
  /** Path of a file with the certificates to trust, or null for the usual ones. */
  readonly ca: string | null;
  /** Path of the agent's own policy, or null. */
  readonly policy: string | null;
  readonly logs: readonly string[];
}

const fileIn = (dir: string) => join(dir, "agent.json");

/** Null where no agent enrolled with this directory. @throws AgentEnd where the file cannot be read */
export async function readIdentity(dir: string): Promise<AgentIdentity | null> {
  try {
    return JSON.parse(await readFile(fileIn(dir), "utf8")) as AgentIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AgentEnd(
      `${fileIn(dir)} cannot be read (${(error as Error).message}). Enrol again with a new token, or name another --data.`,
    );
  }
}

/** @throws AgentEnd where it cannot be written */
export async function writeIdentity(dir: string, identity: AgentIdentity): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // A crash leaves the old file or the new one.
    await writeFile(`${fileIn(dir)}.new`, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 });
    await rename(`${fileIn(dir)}.new`, fileIn(dir));
  } catch (error) {
    throw new AgentEnd(
      `The agent's secret cannot be kept in ${dir} (${(error as Error).message}). Name a directory that can be written with --data.`,
    );
  }
}
