/**
 * `mxray lab`: builds the practice network, prints what to probe in it, and opens a shell there (on a terminal), runs one
 * command there (`-- COMMAND`), or waits to be stopped. Everything is gone when it ends.
 */
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { describeCapability, HolderError, type PracticeLab, startPracticeLab } from "@mxray/lab";
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { onStopSignal } from "./stop-signal.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray lab [-- COMMAND [ARGUMENT…]]

Builds a routed network in namespaces of its own, with a mail domain for every kind of fault, and prints what to probe in it.
On a terminal a shell opens inside; leaving it ends the lab. With a COMMAND, that runs inside and its exit status is passed on.
Otherwise the lab runs until it is interrupted. Needs Linux, and root or user namespaces.

  mxray lab
  mxray lab -- mxray probe black-hole.lab.test`;

export async function labCommand(args: readonly string[]): Promise<ExitStatus> {
  const divide = args.indexOf("--");
  const command = divide === -1 ? [] : args.slice(divide + 1);
  const { values, positionals } = parseCommandLine("lab", divide === -1 ? args : args.slice(0, divide), {});
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length > 0) throw new UsageError(`mxray lab takes no '${positionals[0]}'; write a command to run in it after '--'.`);
  if (divide !== -1 && command.length === 0) throw new UsageError("'--' needs a command after it, for example 'mxray lab -- sh'.");

  const capability = await describeCapability();
  if (!capability.ok) {
    printMessage(`The lab cannot be built: ${capability.reason} ${capability.remedy}`);
    return EXIT.couldNotRun;
  }
  try {
    await using lab = await startPracticeLab();
    return await useLab(lab, command);
  } catch (error) {
    if (!(error instanceof HolderError)) throw error;
    printMessage(`The lab cannot be built: ${error.message}`);
    return EXIT.couldNotRun;
  }
}

async function useLab(lab: PracticeLab, command: readonly string[]): Promise<ExitStatus> {
  const [program, ...rest] = command;
  if (program !== undefined) return await runInside(lab, program, rest);
  printLine(`${labGuide(lab)}\n`);
  if (process.stdin.isTTY && process.stdout.isTTY) {
    printLine(`${furtherClients(lab)}\n`);
    printLine("This shell is inside, on the client's machine; leave it with 'exit' and the lab is gone.");
    await runInside(lab, process.env.SHELL ?? "/bin/sh", []);
    return EXIT.nothing;
  }
  printLine(`To run something in it:\n  ${lab.client.enterCommand([]).join(" ")} COMMAND\n`);
  printLine(`${furtherClients(lab)}\n\nIt runs until this command is interrupted.`);
  await interrupted();
  return EXIT.nothing;
}

export function labGuide({ domains, groups }: Pick<PracticeLab, "domains" | "groups">): string {
  const several = groups.map((group) => ({ ...group, address: { v4: "several" } }));
  const width = Math.max(...domains.map(({ domain }) => domain.length));
  const rows = [...domains, ...several].map(
    ({ domain, address, title }) => `  ${domain.padEnd(width)}  ${address.v4.padEnd(14)}  ${title}`,
  );
  return ["The practice lab is running. Probe any of these, for example with 'mxray probe black-hole.lab.test':", "", ...rows].join("\n");
}

/** Where else to probe from, to compare: paths that share the last links. */
function furtherClients({ network }: PracticeLab): string {
  const commands = network.furtherClients.map((node) => `  ${node.enterCommand([]).join(" ")} COMMAND`);
  return [
    "The client is attached to router r1, client2 to r1 and client3 to r2. Large packets to one-side.lab.test are lost from the first two only.",
    ...commands,
  ].join("\n");
}

async function runInside(lab: PracticeLab, program: string, args: readonly string[]): Promise<ExitStatus> {
  // So that `mxray` is found inside, wherever this one was started from.
  const bin = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));
  const child = lab.client.spawn(program, args, {
    stdio: "inherit",
    env: {
      ...lab.environment,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`,
      PS1: "mxray lab \\$ ",
    },
  });
  // The terminal tells the program inside as well; it decides.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await exitOf(child);
  } finally {
    process.off("SIGINT", ignore);
  }
}

function exitOf(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      printMessage(`The command could not be started inside the lab: ${error.message}`);
      resolve(EXIT.couldNotRun);
    });
    child.once("close", (code, signal) => resolve((code ?? 128 + (signal === null ? 0 : constants.signals[signal])) as ExitStatus));
  });
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A timer that never matters keeps the process alive while nothing else does.
    const alive = setInterval(() => undefined, 1 << 30);
    onStopSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => {
      clearInterval(alive);
      resolve();
    });
  });
}
