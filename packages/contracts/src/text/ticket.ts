/**
 * The text that goes into a ticket unchanged: plain, at most 25 lines, for Jira, RT, OTRS, ServiceNow and mail alike. It names
 * the fault, the flow with UTC times, the measured sizes, what is asked, and the commands that show it.
 */
import type { Finding } from "../finding.ts";
import { printable } from "../printable.ts";
import type { MailHostObservation } from "../probes/observation.ts";
import type { ProbeReport } from "../probes/probe-report.ts";
import type { VantageComparison } from "../probes/vantage-comparison.ts";
import { askOf } from "./ask.ts";
import { flowSeenAs, flowSource, flowsOf, flowTime, isPrivateSource } from "./flow.ts";
import { reproduceCommands } from "./reproduce.ts";
import { vantageLines } from "./vantages-text.ts";

const LINE_CAP = 400;
const STEPS = 4;

/**
 * @param link to the whole diagnosis; null where there is none to give
 * @param vantages where the target was probed from several; else null
 */
export function ticketText(report: ProbeReport, finding: Finding, link: string | null, vantages: VantageComparison | null = null): string {
  const host = report.hosts.find(({ address, port }) => address === finding.subject.address && port === finding.subject.port) ?? null;
  const ask = askOf(report, finding);
  const flow = host === null ? [] : flowLines(host);
  const lines = [
    finding.title,
    finding.summary,
    ...ofHost(vantages, host).flatMap((own) => vantageLines(own)),
    "",
    ...(ask?.numbers ?? []).map(([name, value]) => `${name}: ${value}`),
    ...(flow.length === 0 ? [`Measured: ${flowTime(report.startedAt)}`] : flow),
    ...(ask === null ? [] : ["", "What we ask:", ...ask.steps.slice(0, STEPS).map(({ text }, index) => `${index + 1}. ${text}`)]),
    ...(host === null ? [] : reproduceLines(host)),
    ...(link === null ? [] : [`Full diagnosis: ${link}`]),
  ];
  return `${lines.map((line) => printable(line, LINE_CAP)).join("\n")}\n`;
}

/** The comparison of this host alone: a ticket has few lines. */
function ofHost(vantages: VantageComparison | null, host: MailHostObservation | null): VantageComparison[] {
  const hosts = (vantages?.hosts ?? []).filter(({ address, port }) => address === host?.address && port === host.port);
  return vantages === null || hosts.length === 0 ? [] : [{ ...vantages, hosts }];
}

/** The flow in one line: many connections differ in their source port and time only. */
export function flowLines(host: MailHostObservation): string[] {
  const flows = flowsOf(host);
  const [first] = flows;
  const last = flows.at(-1);
  if (first === undefined || last === undefined) return [];
  const source = flowSource(host);
  const ports = [...new Set(flows.flatMap(({ source }) => source?.match(/:(\d+)$/)?.[1] ?? []))];
  const from = `${source ?? "sender"}, ${ports.length === 1 ? "port" : "ports"} ${ports.slice(0, 8).join(", ")}${ports.length > 8 ? `, and ${ports.length - 8} more` : ""}`;
  const seen = source !== null && isPrivateSource(source) ? flowSeenAs(host) : null;
  return [
    `Flow: ${from} → ${first.destination}, TCP over IPv${host.family}`,
    `Time: ${flowTime(first.start)} to ${flowTime(last.end)}`,
    ...(source !== null && isPrivateSource(source)
      ? [`Source address: ${source} is private${seen === null ? "" : `; as the host sees us: ${seen}`}`]
      : []),
  ];
}

function reproduceLines(host: MailHostObservation): string[] {
  const [passes, lost] = reproduceCommands(host).filter(({ system, command }) => system === "Linux" && command.startsWith("ping"));
  if (passes === undefined || lost === undefined) return [];
  return ["", `Reproduce (Linux, on ${passes.where}):`, `  ${passes.command}    replies`, `  ${lost.command}    silence`];
}
