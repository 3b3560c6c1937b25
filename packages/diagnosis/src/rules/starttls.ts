/** TLS on the way: `starttls-masked` (hidden by a firewall, and a real STARTTLS fails), `starttls-failed` (offered, and fails). */
import { hostLabel, type MailHostObservation, type StageResult } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { middleboxEvidence } from "./middlebox-greeting.ts";
import { type HostRule, quotedReply, reasonOf, stageOf } from "./rule.ts";
import { masksStartTls } from "./smtp-fixup.ts";

export const findStartTls: HostRule = (host, { observation }) => {
  const stage = stageOf(host, "starttls");
  if (stage === null || stage.outcome === "ok" || stage.outcome === "skipped" || stage.outcome === "not-tested") return [];
  if (stage.cause === "deadline" || stage.cause === "cancelled" || stage.cause === "policy") return [];
  const evidence = new EvidenceLog(observation).add(reasonOf(stage), {
    cause: stage.cause,
    ms: stage.ms,
    reply: stage.reply?.text ?? null,
  });
  middleboxEvidence(evidence, host);

  if (host.tls?.offered !== true) {
    // Behind a mask and without a keyword that could be it, the server may simply have no TLS.
    if (!masksStartTls(host)) return [];
    evidence.add(`Among the EHLO keywords stands ${host.ehlo.masked.join(", ")}: STARTTLS has as many letters.`, {
      masked: host.ehlo.masked,
    });
    return [
      findingOfHost(host, {
        code: "starttls-masked",
        confidence: "likely",
        title: `A firewall hides STARTTLS of ${hostLabel(host)}`,
        summary: `A keyword as long as STARTTLS is painted over in the EHLO reply, and STARTTLS sent all the same is refused. Mail goes there in clear; senders that insist on TLS keep it.`,
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
      confidence: "proven",
      title: `${hostLabel(host)} offers STARTTLS, and it ${failureText(stage)}`,
      summary: `${reasonOf(stage)} Senders that may do so fall back to clear text after the failure; those that insist on TLS keep the mail.${resetHint(stage, host)}`,
      evidence: evidence.rows,
    }),
  ];
};

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
