/** An earlier probe and the one that checks its fix, side by side. Pure, so that both can be redacted before. */
import {
  type CheckedFinding,
  type Finding,
  formatEndpoint,
  type HostComparison,
  hostLabelWithAddress,
  isAbout,
  ofSubject,
  type ProbeComparison,
  type ProbeReport,
} from "@mxray/contracts";
import { verdictOf } from "../diagnose-probe.ts";
import { reasonOf } from "../rules/rule.ts";
import { changesOf } from "./changes.ts";
import { comparedHost } from "./compared-host.ts";
import { provesGone, subjectAmong } from "./proves-gone.ts";

export function compareProbes(before: ProbeReport, after: ProbeReport): ProbeComparison {
  return {
    before: { startedAt: before.startedAt, verdict: verdictOf(before.findings) },
    after: { startedAt: after.startedAt, verdict: verdictOf(after.findings) },
    findings: [
      ...before.findings.filter(matters).map((finding) => checked(finding, after)),
      ...after.findings.filter((finding) => matters(finding) && !isAmong(finding, before)).map((finding) => fated(finding, "new")),
    ],
    hosts: compareHosts(before, after),
  };
}

function matters({ severity }: Finding): boolean {
  return severity !== "info";
}

function isAmong(finding: Finding, { findings }: ProbeReport): boolean {
  return findings.some((each) => each.code === finding.code && finding.subjects.some((subject) => isAbout(each, subject)));
}

function checked(finding: Finding, after: ProbeReport): CheckedFinding {
  if (isAmong(finding, after)) return fated(finding, "remains");
  const unproven = finding.subjects.map((subject) => ofSubject(finding, subject)).find((own) => !provesGone(own, after));
  return unproven === undefined ? fated(finding, "fixed") : fated(finding, "unproven", doubt(unproven, after));
}

function fated({ code, severity, confidence, subject, title }: Finding, fate: CheckedFinding["fate"], reason: string | null = null) {
  return { code, severity, confidence, subject, title, fate, reason };
}

/** Why a finding that was not seen again is not proven gone. */
function doubt(finding: Finding, after: ProbeReport): string {
  const { subject, code } = finding;
  if (code === "dotcrlf-split")
    return "Only a delivery test shows it, and a check delivers nothing. Ask for one with a recipient of yours.";
  const host = subjectAmong(after, finding);
  if (host === null) {
    return subject.address === null
      ? "This probe did not get far enough to compare."
      : `${formatEndpoint(subject.address, subject.port ?? undefined)} was not among the hosts of this probe.`;
  }
  if (code === "pmtu-black-hole" && host.path.outbound.limitedBy === "cached-mtu") {
    return `This machine remembers a path MTU of ${host.path.outbound.mtu} bytes for ${hostLabelWithAddress(host)} and sends nothing larger. It forgets after ten minutes; a limit that is set on the route stays. Check again then.`;
  }
  const broken = host.stages.find(({ outcome }) => outcome === "failed" || outcome === "stalled" || outcome === "refused");
  return broken === undefined ? host.path.outbound.reason : reasonOf(broken);
}

function compareHosts(before: ProbeReport, after: ProbeReport): HostComparison[] {
  const onlyAfter = after.hosts.filter((host) => !before.hosts.some((one) => sameHost(one, host)));
  const pairs = [
    ...before.hosts.map((host) => [host, after.hosts.find((one) => sameHost(one, host)) ?? null] as const),
    ...onlyAfter.map((host) => [null, host] as const),
  ];
  return pairs.flatMap(([was, is]) => {
    const host = is ?? was;
    if (host === null) return [];
    const { name, address, port } = host;
    return [
      {
        name,
        address,
        port,
        before: was && comparedHost(was, before.findings),
        after: is && comparedHost(is, after.findings),
        changes: changesOf(was, is),
      },
    ];
  });
}

type HostKey = { readonly address: string | null; readonly port: number | null };

function sameHost(a: HostKey, b: HostKey): boolean {
  return a.address === b.address && a.port === b.port;
}
