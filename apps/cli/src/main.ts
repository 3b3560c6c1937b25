/**
 * The `mxray` command: finds the subcommand, runs it, gives the exit status.
 *
 * 0 nothing found at or above `--fail-on`; 1 something found; 2 used wrongly; 3 could not run.
 */
import { UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { OutputError, printLine, printMessage } from "./terminal.ts";
import { version } from "./version.ts";

interface Subcommand {
  readonly summary: string;
  /** Loaded when called: `probe` need not read the server's code. */
  readonly load: () => Promise<(args: readonly string[]) => Promise<ExitStatus>>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  probe: {
    summary: "probe mail hosts and say what is wrong on the way to them",
    load: async () => (await import("./probe-command.ts")).probeCommand,
  },
  scan: {
    summary: "analyse mail logs: what is wrong, with which hosts, at which sizes",
    load: async () => (await import("./scan-command.ts")).scanCommand,
  },
  serve: { summary: "run the dashboard and its API", load: async () => (await import("./serve-command.ts")).serveCommand },
  agent: {
    summary: "follow this machine's mail logs for a server elsewhere",
    load: async () => (await import("./agent-command.ts")).agentCommand,
  },
  link: {
    summary: "print another one-time sign-in link for a running server",
    load: async () => (await import("./link-command.ts")).linkCommand,
  },
  apply: {
    summary: "make agents, monitors, maintenance windows and channels as a file says",
    load: async () => (await import("./apply-command.ts")).applyCommand,
  },
  "migrate-store": {
    summary: "move the store to PostgreSQL or back",
    load: async () => (await import("./migrate-store-command.ts")).migrateStoreCommand,
  },
  backup: {
    summary: "copy the store of a server, running or not, into one file",
    load: async () => (await import("./backup-command.ts")).backupCommand,
  },
  stress: {
    summary: "load-test a mail host of your own and say what gives way first",
    load: async () => (await import("./stress-command.ts")).stressCommand,
  },
  sink: {
    summary: "take mail and throw it away: the control experiment of a stress test",
    load: async () => (await import("./sink-command.ts")).sinkCommand,
  },
  host: {
    summary: "show the resources of this machine against their limits",
    load: async () => (await import("./host-command.ts")).hostCommand,
  },
  lab: {
    summary: "practise: mail hosts with known faults, a network with a real black hole",
    load: async () => (await import("./lab-command.ts")).labCommand,
  },
};

export async function run(args: readonly string[]): Promise<ExitStatus> {
  try {
    return await runCommand(args);
  } catch (error) {
    if (error instanceof UsageError) {
      printMessage(error.message);
      return EXIT.usage;
    }
    if (!(error instanceof OutputError)) throw error;
    printMessage(error.message);
    return EXIT.couldNotRun;
  }
}

async function runCommand(args: readonly string[]): Promise<ExitStatus> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    printLine(overview());
    return name === undefined ? EXIT.usage : EXIT.nothing;
  }
  if (name === "--version" || name === "-V") {
    printLine(version());
    return EXIT.nothing;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) {
    printMessage(`mxray has no command '${name}'. It has ${Object.keys(SUBCOMMANDS).join(", ")}; 'mxray --help' says what each does.`);
    return EXIT.usage;
  }
  const command = await subcommand.load();
  return await command(rest);
}

function overview(): string {
  const lines = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  mxray ${name.padEnd(6)} ${summary}`);
  return [
    `mxray ${version()} finds out why mail to or from a host hangs or is lost.`,
    "",
    ...lines,
    "",
    "'mxray COMMAND --help' lists a command's options.",
  ].join("\n");
}
