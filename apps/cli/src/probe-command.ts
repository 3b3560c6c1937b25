/** `mxray probe`: probes one or more targets and reports, for a person or as JSON. */

import { hostname } from "node:os";
import {
  canonicalHostName,
  isMailAddress,
  type ProbeObservation,
  type ProbeReport,
  parseEndpoint,
  parseTarget,
  SEVERITIES,
  type Severity,
  STAGES,
  type Stage,
  severityRank,
  type Target,
} from "@mxray/contracts";
import { findOurSide, probeReportOf, renderReportText } from "@mxray/diagnosis/probe";
import { localProbeRunner, type OwnerZones, type ProbeOptions, parseOwnerZones } from "@mxray/probe";
import { openCaptureFile } from "./capture-file.ts";
import { oneOf, parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { onStopSignal } from "./stop-signal.ts";
import { ProgressLine, printLine, printMessage, terminalWidth, wantsColour } from "./terminal.ts";
import { version } from "./version.ts";

const OPTIONS = {
  json: { type: "boolean" },
  rcpt: { type: "string" },
  helo: { type: "string" },
  from: { type: "string" },
  resolver: { type: "string" },
  deadline: { type: "string" },
  stages: { type: "string" },
  "no-trace": { type: "boolean" },
  "no-owner": { type: "boolean" },
  "no-mx": { type: "boolean" },
  control: { type: "string", multiple: true },
  all: { type: "boolean" },
  "deliver-to": { type: "string" },
  yes: { type: "boolean" },
  "4": { type: "boolean", short: "4" },
  "6": { type: "boolean", short: "6" },
  concurrency: { type: "string" },
  "fail-on": { type: "string" },
  pcap: { type: "string" },
} as const;

const HELP = `Usage: mxray probe [OPTIONS] TARGET [TARGET…]

TARGET is a domain (its MX hosts are looked up), a host, an IPv4 address or [IPv6], each with an optional :port (default 25).
An address, or a name with a port, is probed as it is.

  --json                one JSON document on stdout (an array when several targets)
  --rcpt ADDRESS        recipient of the DATA ladder; nothing is delivered (default postmaster@domain, for an address postmaster)
  --helo NAME           name in EHLO (default $MXRAY_HELO, else this machine's)
  --from ADDRESS        envelope sender (default the null sender)
  --resolver IP[:PORT]  name server to ask (default the system's)
  --deadline SECONDS    for the whole probe of a target (default 60)
  --stages LIST         only these, comma-separated: ${STAGES.join(",")}
  --no-mx               probe a bare name as a host, without an MX look-up
  --no-trace            do not search for the hops between which packets are lost
  --no-owner            do not look up reverse names and networks of hops ($MXRAY_OWNER_ZONES: where networks are looked up)
  --control HOST        an unrelated mail host that tells our own trouble from the target's (repeatable)
  --all                 path search on every address, not on one per mail host and family
  --deliver-to ADDRESS  end-of-data test: really delivers up to two labelled messages; needs --yes
  --yes                 confirms --deliver-to
  -4, -6                IPv4 only, IPv6 only
  --concurrency N       targets at a time (default 8)
  --pcap FILE           writes the packet headers of the probe's own connections, for tcpdump and Wireshark; needs root or CAP_NET_RAW
  --fail-on LEVEL       info, warning or critical: what counts for the exit status (default warning)

Exit status: 0 nothing at or above --fail-on, 1 something found, 2 used wrongly, 3 could not run.`;

export async function probeCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("probe", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const targets = positionals.map(targetOf);
  if (targets.length === 0) throw new UsageError("mxray probe needs a target, for example 'mxray probe example.com'.");
  const failOn: Severity = oneOf("--fail-on", values["fail-on"] ?? "warning", SEVERITIES);
  const concurrency = wholeNumber("--concurrency", values.concurrency ?? "8", 1, 500);
  const options = probeOptions(values);
  const capture = values.pcap === undefined ? null : openCaptureFile(values.pcap, portsOf([...targets, ...(options.controls ?? [])]));
  if (typeof capture === "string") {
    printMessage(capture);
    return EXIT.couldNotRun;
  }

  const controller = new AbortController();
  const undo = onStopSignal(["SIGINT"], () => controller.abort());
  const progress = new ProgressLine();
  const reports = await probeAll(targets, { ...options, signal: controller.signal }, concurrency, progress, capture?.runProbe);
  undo();
  progress.clear();
  if (capture !== null) printMessage(await capture.write());

  if (values.json) printLine(JSON.stringify(targets.length === 1 ? reports[0] : reports));
  else printLine(reports.map((report) => renderReportText(report, { width: terminalWidth(), colour: wantsColour() })).join("\n\n"));
  return exitStatus(reports, failOn);
}

function exitStatus(reports: readonly ProbeReport[], failOn: Severity): ExitStatus {
  if (reports.every(hadNoNetwork)) {
    printMessage("This machine has no route to any of the mail hosts: nothing could be probed. Check its network and try again.");
    return EXIT.couldNotRun;
  }
  const found = reports.some(({ findings }) =>
    findings.some(({ code, severity }) => code !== "healthy" && severityRank(severity) >= severityRank(failOn)),
  );
  return found ? EXIT.found : EXIT.nothing;
}

function hadNoNetwork({ hosts }: ProbeObservation): boolean {
  return hosts.length > 0 && hosts.every(({ stages }) => stages.some(({ stage, cause }) => stage === "connect" && cause === "local"));
}

async function probeAll(
  targets: readonly Target[],
  options: Omit<ProbeOptions, "target">,
  concurrency: number,
  progress: ProgressLine,
  runProbe = localProbeRunner(),
): Promise<ProbeReport[]> {
  const reports: ProbeReport[] = new Array(targets.length);
  let next = 0;
  let finished = 0;
  const worker = async () => {
    while (next < targets.length) {
      const index = next;
      next += 1;
      const target = targets[index];
      if (target === undefined) return;
      const observation = await runProbe({
        ...options,
        target,
        onEvent: (event) => {
          if (event.type !== "stage-begun") return;
          progress.show(
            targets.length === 1
              ? `${target.input}: ${event.stage} …`
              : `${finished} of ${targets.length} targets done; ${target.input}: ${event.stage} …`,
          );
        },
      });
      finished += 1;
      reports[index] = probeReportOf(observation);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, worker));
  return findOurSide(reports);
}

type Values = ReturnType<typeof parseCommandLine<typeof OPTIONS>>["values"];

function probeOptions(values: Values): Omit<ProbeOptions, "target"> {
  if (values["4"] && values["6"]) throw new UsageError("-4 and -6 exclude each other; leave both out to probe IPv4 and IPv6.");
  const family = values["4"] ? (4 as const) : values["6"] ? (6 as const) : undefined;
  const helo = values.helo ?? process.env.MXRAY_HELO;
  const contact = process.env.MXRAY_CONTACT;
  const ownerZones = process.env.MXRAY_OWNER_ZONES;
  return {
    vantage: { name: "local", host: hostname(), version: version() },
    ...given("recipient", values.rcpt === undefined ? undefined : recipientOf("--rcpt", values.rcpt)),
    ...given("helo", helo === undefined ? undefined : heloOf(helo)),
    ...given("from", values.from === undefined ? undefined : senderOf(values.from)),
    ...given("contact", contact),
    ...given("ownerZones", ownerZones ? ownerZonesOf(ownerZones) : undefined),
    ...given("resolver", values.resolver === undefined ? undefined : resolverOf(values.resolver)),
    ...given("deadlineMs", values.deadline === undefined ? undefined : 1000 * wholeNumber("--deadline", values.deadline, 1, 3600)),
    ...given("stages", values.stages === undefined ? undefined : stagesOf(values.stages)),
    ...given("family", family),
    ...given("controls", values.control?.map(targetOf)),
    ...given("deliverTo", deliverToOf(values)),
    noMx: values["no-mx"] === true,
    allAddresses: values.all === true,
    trace: values["no-trace"] !== true,
    owner: values["no-owner"] !== true,
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function targetOf(text: string): Target {
  const parsed = parseTarget(text);
  if (!parsed.ok) throw new UsageError(parsed.message);
  return parsed.target;
}

/** Where connections go: a target without a port means mail hosts on port 25. */
function portsOf(targets: readonly Target[]): number[] {
  return targets.map(({ port }) => port);
}

function recipientOf(option: string, text: string): string {
  if (text !== "postmaster" && !isMailAddress(text))
    throw new UsageError(`${option} takes a mail address such as postmaster@example.com, not '${text}'.`);
  return text;
}

function senderOf(text: string): string {
  return text === "" || text === "<>" ? "" : recipientOf("--from", text);
}

function heloOf(text: string): string {
  const name = canonicalHostName(text);
  if (name === null) throw new UsageError(`--helo takes a host name such as mail.example.com, not '${text}'.`);
  return name;
}

function resolverOf(text: string): string {
  if (parseEndpoint(text) === null) {
    throw new UsageError(
      `--resolver takes the address of a name server, such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353, not '${text}'.`,
    );
  }
  return text;
}

function ownerZonesOf(text: string): OwnerZones | "off" {
  const zones = parseOwnerZones(text);
  if (zones === null) {
    throw new UsageError(
      `MXRAY_OWNER_ZONES takes three DNS zones, separated by commas (origins of IPv4, origins of IPv6, names), or 'off', not '${text}'.`,
    );
  }
  return zones;
}

function stagesOf(text: string): Stage[] {
  return text.split(",").map((name) => {
    const stage = STAGES.find((one) => one === name.trim());
    if (stage === undefined) throw new UsageError(`--stages has no stage '${name.trim()}'; it knows ${STAGES.join(", ")}.`);
    return stage;
  });
}

function deliverToOf(values: Values): string | undefined {
  const address = values["deliver-to"];
  if (address === undefined) return undefined;
  if (!isMailAddress(address)) throw new UsageError(`--deliver-to takes a mail address such as test@example.com, not '${address}'.`);
  if (!values.yes)
    throw new UsageError(`--deliver-to really delivers up to two test messages to ${address}; add --yes to confirm that its owner agrees.`);
  return address;
}
