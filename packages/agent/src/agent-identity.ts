/** Who an agent is: kept in its data directory, for nobody else to read. */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "@mxray/contracts";
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

/** Null where no agent enrolled with this directory. @throws AgentEnd where the file cannot be read, or is no agent's */
export async function readIdentity(dir: string): Promise<AgentIdentity | null> {
  try {
    const known: unknown = JSON.parse(await readFile(fileIn(dir), "utf8"));
    if (!isIdentity(known)) throw new Error("it was not written by this version of mxray agent");
    return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AgentEnd(
      `${fileIn(dir)} cannot be read (${printable((error as Error).message, 300)}). Enrol again with a new token, or name another --data.`,
    );
  }
}

function isIdentity(value: unknown): value is AgentIdentity {
  const { server, name, secret, ca, policy, logs } = (value ?? {}) as Record<string, unknown>;
  const isText = (each: unknown) => typeof each === "string";
  const isTextOrNull = (each: unknown) => each === null || isText(each);
  return [server, name, secret].every(isText) && [ca, policy].every(isTextOrNull) && Array.isArray(logs) && logs.every(isText);
}

/** So that a token is not spent on a secret that cannot be kept. @throws AgentEnd where the directory cannot be written */
export async function checkKeeping(dir: string): Promise<void> {
  await writeNew(dir, "");
}

/** @throws AgentEnd where it cannot be written */
export async function writeIdentity(dir: string, identity: AgentIdentity): Promise<void> {
  // A crash leaves the old file or the new one.
  await writeNew(dir, `${JSON.stringify(identity, null, 2)}\n`);
  await rename(`${fileIn(dir)}.new`, fileIn(dir));
}

async function writeNew(dir: string, text: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if ((await stat(fileIn(dir)).catch(() => null))?.isDirectory() === true) throw new Error(`${fileIn(dir)} is a directory`);
    await writeFile(`${fileIn(dir)}.new`, text, { mode: 0o600 });
  } catch (error) {
    throw new AgentEnd(
      `The agent's secret cannot be kept in ${dir} (${(error as Error).message}). Name a directory that can be written with --data.`,
    );
  }
}
