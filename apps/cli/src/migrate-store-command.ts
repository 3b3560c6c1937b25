/** `mxray migrate-store`: a server's store to PostgreSQL, or back. */
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray migrate-store --to URL [--data DIR]
       mxray migrate-store --from URL [--data DIR]

Moves everything from the store in --data DIR (default $MXRAY_DATA, else ./data) to the PostgreSQL database at URL, or from there to
DIR. Stop the server first. The target must be empty; the source stays as it is. Nothing is moved unless all counts are equal.
$PGPASSWORD can hold the password, so that URL need not. docs/postgresql.md describes the rest.`;

const OPTIONS = { to: { type: "string" }, from: { type: "string" }, data: { type: "string" } } as const;

export async function migrateStoreCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("migrate-store", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const url = values.to ?? values.from;
  if (url === undefined || (values.to !== undefined && values.from !== undefined) || positionals.length > 0)
    throw new UsageError("mxray migrate-store takes either --to URL or --from URL; 'mxray migrate-store --help' lists the options.");
  const { ConfigError, migrateStore } = await import("@mxray/server");
  try {
    const { from, to, rows } = await migrateStore({
      env: process.env,
      to: values.to === undefined ? "sqlite" : "postgres",
      url,
      onUpgrade: ({ step, steps, name }) => printMessage(`Upgrading a store: step ${step} of ${steps} (${name})`),
      ...(values.data === undefined ? {} : { dataDir: values.data }),
    });
    for (const [table, count] of rows) printLine(`${table.padEnd(16)} ${count.toLocaleString("en").padStart(12)}`);
    const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
    printLine(`Moved ${all.toLocaleString("en")} rows from ${from} to ${to}; both have the same counts.`);
    return EXIT.nothing;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return error.kind === "usage" ? EXIT.usage : EXIT.couldNotRun;
  }
}
