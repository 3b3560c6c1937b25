/** `mxray apply`: agents, monitors, maintenance windows and channels as a file says, in a data directory or on a server. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { ApplyPlace } from "@mxray/server";
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray apply FILE [--dry-run] [--data DIR | --server URL [--token-file FILE]]
       mxray apply --export [--data DIR | --server URL [--token-file FILE]]

Makes the agents, monitors, maintenance windows and channels that the YAML in FILE names. Changes only what differs; leaves alone what FILE
does not name. With --dry-run, prints what would change. Secrets are named as \${VARIABLE} or file:PATH, and read on this machine.
--export prints the file that describes what there is.

Without --server: in the store of the server that keeps its data in --data DIR (default $MXRAY_DATA, else ./data), running or not.
With --server: on the server at URL, with an API token of scope 'config' from --token-file ('-' reads it from stdin) or $MXRAY_TOKEN.
docs/watching.md describes the file.`;

const OPTIONS = {
  data: { type: "string" },
  server: { type: "string" },
  "token-file": { type: "string" },
  "dry-run": { type: "boolean" },
  export: { type: "boolean" },
} as const;

interface Where {
  readonly data?: string | undefined;
  readonly server?: string | undefined;
  readonly "token-file"?: string | undefined;
}

export async function applyCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("apply", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const [file, ...more] = positionals;
  const dryRun = values["dry-run"] === true;
  const exports = values.export === true;
  if (exports ? file !== undefined || dryRun : file === undefined || more.length > 0)
    throw new UsageError("mxray apply takes one file, or --export; 'mxray apply --help' lists the options.");
  const place = await placeOf(values);
  const { apply, ConfigError, exported } = await import("@mxray/server");
  try {
    if (file === undefined) {
      printLine((await exported(place)).trimEnd());
      return EXIT.nothing;
    }
    const changes = await apply({ ...place, file, dryRun });
    for (const change of changes) printLine(dryRun ? `would change: ${change}` : change);
    if (changes.length === 0) printLine("Nothing to change.");
    return EXIT.nothing;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return error.kind === "usage" ? EXIT.usage : EXIT.couldNotRun;
  }
}

async function placeOf({ data, server, "token-file": tokenFile }: Where): Promise<ApplyPlace> {
  const { env } = process;
  if (server === undefined) {
    if (tokenFile !== undefined) throw new UsageError("--token-file goes with --server URL.");
    return { env, ...(data === undefined ? {} : { dataDir: data }) };
  }
  if (data !== undefined) throw new UsageError("mxray apply takes either --data or --server, not both.");
  const token = tokenFile === undefined ? (env.MXRAY_TOKEN ?? "") : await tokenOf(tokenFile);
  if (/^[!-~]{1,200}$/.test(token.trim())) return { env, server: { url: server, token: token.trim() } };
  const where = tokenFile === undefined ? "MXRAY_TOKEN is not set to one" : `--token-file ${tokenFile} has none`;
  throw new UsageError(`--server needs an API token of scope 'config', and ${where}; an admin makes one in the settings.`);
}

async function tokenOf(path: string): Promise<string> {
  try {
    return path === "-" ? await text(process.stdin) : await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--token-file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}.`);
  }
}
