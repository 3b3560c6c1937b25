/**
 * TLS on the way: `starttls-masked` (hidden by a firewall, and a real STARTTLS fails), `starttls-failed` (offered, and fails;
 * or not offered although the domain demands it). A handshake that broke on one connection only is no proof.
 */
import { type Finding, hostLabel, type MailHostObservation, type ProbeObservation, type StageResult } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { middleboxEvidence } from "./middlebox-greeting.ts";
import { type HostRule, quotedReply, reasonOf, stageOf } from "./rule.ts";
import { masksStartTls } from "./smtp-fixup.ts";
import { tlsEffect } from "./tls-demand.ts";

export const findStartTls: HostRule = (host, { observation }) => {
  const stage = stageOf(host, "starttls");
  if (stage === null || stage.outcome === "ok" || stage.outcome === "not-tested") return [];
  if (stage.outcome === "skipped") return stage.cause === "not-offered" ? notOffered(host, observation) : [];
  if (stage.cause === "deadline" || stage.cause === "cancelled" || stage.cause === "policy") return [];
  const evidence = new EvidenceLog(observation).add(reasonOf(stage), {
    cause: stage.cause,
    ms: stage.ms,
    reply: stage.reply?.text ?? null,
  });
  middleboxEvidence(evidence, host);
  const { effect, sentence } = tlsEffect(host, observation, stage.cause === "timeout" || stage.cause === "slow");
  evidence.add(sentence, { effect, demand: observation.tlsDemand ?? null });

  if (host.tls?.offered !== true) {
    // Behind a mask and without a keyword that could be it, the server may simply have no TLS.
    if (!masksStartTls(host)) return [];
    evidence.add(`The EHLO keywords include ${host.ehlo.masked.join(", ")}: STARTTLS has as many letters.`, {
      masked: host.ehlo.masked,
    });
    return [
      findingOfHost(host, {
        code: "starttls-masked",
        confidence: "likely",
        title: `A firewall hides STARTTLS of ${hostLabel(host)}`,
        summary: `The EHLO reply contains a masked keyword of the length of STARTTLS, and STARTTLS sent nevertheless is refused. ${sentence}`,
        evidence: evidence.rows,
      }),
    ];
  }
  // The certificate that never arrives is the inbound black hole's doing.
  if (host.path.inbound.verdict === "black-hole") return [];
  if (isRateLimited(stage)) return [];
  if (host.path.inbound.verdict === "inconclusive" && stage.outcome === "stalled") evidence.add(host.path.inbound.reason);
  return [
    findingOfHost(host, {
      code: "starttls-failed",
      confidence: isCertain(stage) ? "proven" : "likely",
      title: `${hostLabel(host)} offers STARTTLS, and it ${failureText(stage)}`,
      summary: `${reasonOf(stage)} ${(stage.attempts ?? 1) > 1 ? `This happened on ${stage.attempts} connections. ` : ""}${sentence}${resetHint(stage, host)}`,
      evidence: evidence.rows,
    }),
  ];
};

/** What a host says is certain; what broke without a word must have broken twice. */
function isCertain({ cause, attempts = 1 }: StageResult): boolean {
  return cause === "reply" || cause === "protocol" || attempts > 1;
}

/** A host may do without TLS, unless its domain says otherwise. */
function notOffered(host: MailHostObservation, observation: ProbeObservation): Finding[] {
  const { effect, sentence } = tlsEffect(host, observation, false);
  if (effect !== "stops-mail") return [];
  return [
    findingOfHost(host, {
      code: "starttls-failed",
      confidence: "likely",
      title: `${hostLabel(host)} offers no STARTTLS, although its domain demands TLS`,
      summary: sentence,
      evidence: new EvidenceLog(observation).add("STARTTLS is not among the EHLO keywords.", {
        effect,
        demand: observation.tlsDemand ?? null,
      }).rows,
    }),
  ];
}

function failureText(stage: StageResult): string {
  switch (stage.cause) {
    case "reply":
      return `is answered with ${quotedReply(stage) ?? "a refusal"}`;
    case "timeout":
    case "slow":
      return "hangs";
    case "reset":
      return "ends in a reset";
    case "closed":
      return "ends with a closed connection";
    default:
      return "fails";
  }
}

function resetHint(stage: StageResult, host: MailHostObservation): string {
  if (stage.cause !== "reset" && stage.cause !== "closed") return "";
  return host.ehlo.keywords.length > 0
    ? " A connection that ends right after STARTTLS may also be a filter on the way that forbids it: try from another network."
    : "";
}

function isRateLimited({ reply }: StageResult): boolean {
  return reply?.code === 421;
}
