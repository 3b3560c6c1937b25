/**
 * From the observations of one probe to findings, the worst first. Pure: the same observation gives the same findings, so
 * an improved rule can be run again over old probes.
 */
import { type Finding, joinFindings, type ProbeObservation, type Verdict } from "@mxray/contracts";
import { compareFindings } from "./finding-order.ts";
import { findCommandInspection } from "./rules/command-inspection.ts";
import { findConclusion } from "./rules/conclusion.ts";
import { findConnection } from "./rules/connection.ts";
import { findDialogue } from "./rules/dialogue.ts";
import { findEndOfData } from "./rules/end-of-data.ts";
import { findHostSetting } from "./rules/host-setting.ts";
import { findInboundPath } from "./rules/inbound-path.ts";
import { findLossyPath } from "./rules/lossy-path.ts";
import { findOutboundPath } from "./rules/outbound-path.ts";
import { findOwnSide } from "./rules/own-side.ts";
import { ownTroubleOf } from "./rules/own-trouble.ts";
import { findPathDiffers } from "./rules/path-differs.ts";
import { findResolution } from "./rules/resolution.ts";
import type { HostRule } from "./rules/rule.ts";
import { findSmtpFixup } from "./rules/smtp-fixup.ts";
import { findStartTls } from "./rules/starttls.ts";
import { findWindowScaling } from "./rules/window-scaling.ts";

const HOST_RULES: readonly HostRule[] = [
  findConnection,
  findDialogue,
  findOutboundPath,
  findPathDiffers,
  findWindowScaling,
  findCommandInspection,
  findInboundPath,
  findLossyPath,
  findSmtpFixup,
  findStartTls,
  findEndOfData,
];

export function diagnoseProbe(observation: ProbeObservation): Finding[] {
  return joinFindings(diagnoseHosts(observation));
}

/** The same, each finding about one address alone: what each address of a kept finding showed last. */
export function diagnoseHosts(observation: ProbeObservation): Finding[] {
  const own = ownTroubleOf(observation);
  const found = [
    ...findResolution(observation),
    ...findOwnSide(observation, own),
    ...findHostSetting(observation),
    ...observation.hosts.flatMap((host) => HOST_RULES.flatMap((rule) => rule(host, { observation, own }))),
  ];
  return [...found, ...findConclusion(observation, found)].sort(compareFindings);
}

/** The worst finding, for lists and tiles; null when there is none. */
export function verdictOf(findings: readonly Finding[]): Verdict | null {
  const [worst] = [...findings].sort(compareFindings);
  return worst === undefined ? null : { code: worst.code, severity: worst.severity, confidence: worst.confidence, title: worst.title };
}
