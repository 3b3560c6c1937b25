/** `mxray sink`: a mail host that takes messages and throws them away. */
import { parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printJson } from "./json-output.ts";
import { onStopSignal } from "./stop-signal.ts";
import { printLine, printMessage } from "./terminal.ts";

const HELP = `Usage: mxray sink [ADDRESS:PORT] [options]

Takes mail and throws it away, as fast as it can or with the faults that are asked for: the control experiment of a stress test.
Listens on 127.0.0.1:2525 by default. Ends on Ctrl-C and prints what it counted.

  --delay MS             wait so long before the answer to the end of a message
  --stall EVERY,FOR      every EVERY seconds, answer nothing for FOR seconds
  --refuse SHARE         refuse this share of recipients with 450, from 0 to 1
  --per-client N         take N connections of one address at a time; more get 421
  --tls                  offer STARTTLS, with a certificate made at the start
  --lmtp                 answer for each recipient, as LMTP servers do
  --json                 print the counts as JSON at the end`;

export async function sinkCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("sink", args, {
    delay: { type: "string" },
    stall: { type: "string" },
    refuse: { type: "string" },
    "per-client": { type: "string" },
    tls: { type: "boolean" },
    lmtp: { type: "boolean" },
    json: { type: "boolean" },
  });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length > 1) throw new UsageError("mxray sink listens on one address; 'mxray sink --help' lists the options.");
  const { host, port } = listenAddress(positionals[0] ?? "127.0.0.1:2525");
  const { startSink } = await import("@mxray/stress");
  let sink: Awaited<ReturnType<typeof startSink>>;
  try {
    sink = await startSink({
      host,
      port,
      delayMs: values.delay === undefined ? 0 : wholeNumber("--delay", values.delay, 0, 600_000),
      stall: values.stall === undefined ? null : stallOf(values.stall),
      refuse: values.refuse === undefined ? 0 : shareOf(values.refuse),
      connectionsPerClient: values["per-client"] === undefined ? null : wholeNumber("--per-client", values["per-client"], 0, 1_000_000),
      lmtp: values.lmtp === true,
      tls: values.tls === true ? (await import("@mxray/lab")).certificateBundle({ names: ["sink.mxray.invalid"] }) : null,
    });
  } catch (error) {
    printMessage(`The sink cannot listen on ${host} port ${port}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
    return EXIT.couldNotRun;
  }
  printMessage(`Listening on ${host.includes(":") ? `[${host}]` : host}:${sink.port}. Ctrl-C ends it.`);
  const startedAt = performance.now();
  const undo = await new Promise<() => void>((resolve) => {
    const none = onStopSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => resolve(none));
  });
  undo();
  await sink.close();
  const counts = { ...sink.counts, seconds: (performance.now() - startedAt) / 1000 };
  if (values.json) printJson({ schema: "mxray.sink/1", ...counts });
  else
    printLine(
      `${counts.connections.toLocaleString("en")} connections, ${counts.messages.toLocaleString("en")} messages, ${counts.bytes.toLocaleString("en")} bytes; ${counts.refused.toLocaleString("en")} recipients refused, ${counts.turnedAway.toLocaleString("en")} connections turned away.`,
    );
  return EXIT.nothing;
}

function listenAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new UsageError(`mxray sink listens on ADDRESS:PORT, such as 127.0.0.1:2525, not '${text}'.`);
  return { host: match[1] ?? (match[2] || "127.0.0.1"), port };
}

function stallOf(text: string): { everySeconds: number; forSeconds: number } {
  const match = /^([0-9.]{1,8}),([0-9.]{1,8})$/.exec(text);
  const [everySeconds, forSeconds] = [Number(match?.[1]), Number(match?.[2])];
  if (!(everySeconds > 0 && forSeconds > 0 && forSeconds < everySeconds))
    throw new UsageError(`--stall takes EVERY,FOR in seconds, such as 5,1, with FOR below EVERY, not '${text}'.`);
  return { everySeconds, forSeconds };
}

function shareOf(text: string): number {
  const share = /^[0-9.]{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (!(share >= 0 && share <= 1)) throw new UsageError(`--refuse takes a share from 0 to 1, such as 0.1, not '${text}'.`);
  return share;
}
