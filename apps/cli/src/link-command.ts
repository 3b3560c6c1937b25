/** `mxray link`: another one-time sign-in link for a running server. */
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray link [--data DIR]

Prints another one-time sign-in link for the server that keeps its data in DIR (default $MXRAY_DATA, else ./data).`;

export async function linkCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("link", args, { data: { type: "string" } });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length > 0) throw new UsageError(`mxray link takes no '${positionals[0]}'; 'mxray link --help' lists the options.`);
  const { ConfigError, link } = await import("@mxray/server");
  try {
    printLine(await link({ env: process.env, ...(values.data === undefined ? {} : { dataDir: values.data }) }));
    return EXIT.nothing;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return error.kind === "usage" ? EXIT.usage : EXIT.couldNotRun;
  }
}
