/** `mxray serve`: the dashboard and its API, in the foreground until it is told to stop. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RunningServer } from "@mxray/server";
import { parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { onStopSignal } from "./stop-signal.ts";
import { printLine, printMessage } from "./terminal.ts";
import { version } from "./version.ts";

/** Service managers kill after 10 s at the earliest. */
const LONGEST_CLOSE_MS = 9000;

const OPTIONS = {
  port: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  "public-url": { type: "string" },
} as const;

const HELP = `Usage: mxray serve [OPTIONS]

  --port N          port to listen on (default 8425)
  --host ADDRESS    address to listen on (default localhost, this machine only)
  --data DIR        where everything is kept (default $MXRAY_DATA, else ./data)
  --public-url URL  where readers of shared links reach this server (default $MXRAY_PUBLIC_URL, else http://localhost:PORT)

It prints a one-time sign-in link; 'mxray link' prints another. docs/configuration.md lists the settings of the environment; with
$DATABASE_URL, the store is in a PostgreSQL database (docs/postgresql.md).`;

export async function serveCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("serve", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length > 0) throw new UsageError(`mxray serve takes no '${positionals[0]}'; 'mxray serve --help' lists the options.`);
  const port = values.port === undefined ? undefined : wholeNumber("--port", values.port, 0, 65_535);

  // Loaded when it is known to be needed: most of the time that a start takes goes into it.
  const { ConfigError, serve } = await import("@mxray/server");
  let server: RunningServer;
  try {
    server = await serve({
      vantage: { name: "local", host: hostname(), version: version() },
      lab: {
        program: fileURLToPath(new URL("../src/practice-lab/lab-keeper.ts", import.meta.url)),
        capability: async () => await (await import("@mxray/lab")).describeCapability(),
      },
      stressProgram: fileURLToPath(new URL("../src/stress-process.ts", import.meta.url)),
      env: process.env,
      onUpgrade: ({ step, steps, name }) => printMessage(`Upgrading the store: step ${step} of ${steps} (${name})`),
      ...(port === undefined ? {} : { port }),
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(values.data === undefined ? {} : { dataDir: values.data }),
      ...(values["public-url"] === undefined ? {} : { publicUrl: values["public-url"] }),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printMessage(error.message);
    return error.kind === "usage" ? EXIT.usage : EXIT.couldNotRun;
  }
  // Before anyone is told that it runs: what then asks it to end is heard.
  const stopped = stopSignal();
  printLine(`mxray ${version()} listens on ${server.url}\n\nSign in with this link, once:\n  ${server.signInUrl}\n\nCtrl-C ends it.`);
  const lost = await Promise.race([stopped, server.lost]);
  if (lost !== undefined) printMessage(lost);
  if (!(await closesInTime(server))) printMessage(`Not everything ended within ${LONGEST_CLOSE_MS / 1000} s; mxray exits anyway.`);
  return lost === undefined ? EXIT.nothing : EXIT.couldNotRun;
}

/** Whatever holds the server up, the service manager that asked it to end does not wait for ever. */
async function closesInTime(server: RunningServer): Promise<boolean> {
  return await Promise.race([server.close().then(() => true), sleep(LONGEST_CLOSE_MS, false)]);
}

function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    onStopSignal(["SIGINT", "SIGTERM"], () => resolve(undefined));
  });
}
