/** `mxray backup`: a consistent copy of a server's store. */
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray backup FILE|DIR [--data DIR]

Copies the store of the server that keeps its data in --data DIR (default $MXRAY_DATA, else ./data), whether it runs or not,
and checks the copy. In a directory, the file is named after the time. Existing files are never overwritten.
docs/operating.md says how to restore it.`;

export async function backupCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("backup", args, { data: { type: "string" } });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const [to, ...more] = positionals;
  if (to === undefined || to === "" || more.length > 0)
    throw new UsageError("mxray backup takes one file or directory; 'mxray backup --help' lists the options.");
  const { backup, ConfigError } = await import("@mxray/server");
  try {
    const { path, bytes } = await backup({ env: process.env, to, ...(values.data === undefined ? {} : { dataDir: values.data }) });
    printLine(`Backed up ${bytes.toLocaleString("en")} bytes to ${path}; the copy passed its integrity check.`);
    return EXIT.nothing;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return EXIT.couldNotRun;
  }
}
