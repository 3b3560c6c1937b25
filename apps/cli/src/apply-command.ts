/** `mxray apply`: monitors, maintenance windows and channels as a file says. */
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray apply FILE [--dry-run] [--data DIR]

Makes the monitors, maintenance windows and channels that the YAML in FILE names, in the store of the server that keeps its data
in --data DIR (default $MXRAY_DATA, else ./data), whether it runs or not. Changes only what differs; leaves alone what FILE does
not name. With --dry-run, prints what would change. Secrets are named as \${VARIABLE} or file:PATH.
docs/watching.md describes the file; Settings, Automatic probing exports one.`;

export async function applyCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("apply", args, { data: { type: "string" }, "dry-run": { type: "boolean" } });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("mxray apply takes one file; 'mxray apply --help' lists the options.");
  const dryRun = values["dry-run"] === true;
  const { apply, ConfigError } = await import("@mxray/server");
  try {
    const changes = await apply({ env: process.env, file, dryRun, ...(values.data === undefined ? {} : { dataDir: values.data }) });
    for (const change of changes) printLine(dryRun ? `would change: ${change}` : change);
    if (changes.length === 0) printLine("Nothing to change.");
    return EXIT.nothing;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return error.kind === "usage" ? EXIT.usage : EXIT.couldNotRun;
  }
}
