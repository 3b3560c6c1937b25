/** `mxray host`: the machine that mxray runs on, each resource against its limit. */
import { setTimeout as sleep } from "node:timers/promises";
import { HOST_GAUGES, type HostSample, hostGaugeText } from "@mxray/contracts";
import { parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printJson } from "./json-output.ts";
import { printLine } from "./terminal.ts";

const HELP = `Usage: mxray host [options]

Shows each resource of this machine against its limit: pressure, files, processes, sockets, memory and the mail queue. It takes
two samples for what is a rate. What cannot be read is shown with the reason and the right that reading it needs. The dashboard
judges these gauges over minutes; one look opens no finding.

  --seconds N            seconds between the two samples, 1 to 60; default 2
  --queue DIR            directory of the mail queue; default /var/spool/postfix
  --json                 print the second sample as JSON`;

export async function hostCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("host", args, {
    seconds: { type: "string" },
    queue: { type: "string" },
    json: { type: "boolean" },
  });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  if (positionals.length > 0) throw new UsageError(`mxray host takes no '${positionals[0]}'; 'mxray host --help' lists the options.`);
  const seconds = values.seconds === undefined ? 2 : wholeNumber("--seconds", values.seconds, 1, 60);
  const { HostSampler } = await import("@mxray/host");
  const sampler = new HostSampler(values.queue === undefined ? {} : { queue: values.queue });
  sampler.sample();
  await sleep(seconds * 1000);
  const sample = sampler.sample();
  if (values.json) printJson({ schema: "mxray.host/1", ...sample });
  else for (const line of linesOf(sample)) printLine(line);
  return EXIT.nothing;
}

function linesOf({ gauges }: HostSample): string[] {
  const rows = Object.entries(HOST_GAUGES).flatMap(([gauge, { name }]): [string, string][] => {
    const one = gauges[gauge];
    if (one === undefined) return [];
    return [[name, hostGaugeText(gauge, one.value, one.limit) ?? `not known: ${one.missing ?? "it cannot be read."}`]];
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}
