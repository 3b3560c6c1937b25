/**
 * Packets that are lost by chance, on the way to the mail host or from it: `lossy-path`, one finding for both directions.
 * It never says that size is not the cause, where all that is larger than what arrived was lost.
 */
import { type Finding, hostLabel, type MailHostObservation } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { countText, percentText } from "../number-text.ts";
import { addInboundTrials } from "./inbound-trials.ts";
import type { HostRule } from "./rule.ts";

export const findLossyPath: HostRule = (host, { observation }) => {
  const { outbound, inbound } = host.path;
  const there = outbound.verdict === "lossy";
  const back = inbound.verdict === "lossy";
  if (!there && !back) return [];
  const evidence = new EvidenceLog(observation);
  if (there) addOutbound(evidence, host);
  if (back) {
    evidence.add(inbound.reason, { direction: "inbound" });
    addInboundTrials(evidence, inbound);
  }
  return [there ? lossyOutbound(host, back, evidence) : lossyInbound(host, evidence)];
};

function addOutbound(evidence: EvidenceLog, { path: { outbound } }: MailHostObservation): void {
  const { statistics, mtu, reason } = outbound;
  evidence.add(reason, { direction: "outbound", mtu });
  if (statistics === null) return;
  evidence.add(
    `${statistics.smallLost} of ${countText(statistics.smallSent, "small segment")} had to be sent again; the loss rate of small segments is below ${percentText(statistics.lossUpperBound)} (95 % confidence).`,
    { ...statistics },
  );
}

function lossyOutbound(host: MailHostObservation, back: boolean, evidence: EvidenceLog): Finding {
  const { outbound } = host.path;
  // All that is larger than what arrived was lost: size may be the reason.
  const unsure = outbound.exact === false;
  const both = back ? " Packets from the mail host get lost at times, too." : "";
  return findingOfHost(host, {
    code: "lossy-path",
    confidence: "likely",
    title: titleOf(hostLabel(host), { small: outbound.statistics?.smallLost ?? 0, unsure }),
    summary: unsure
      ? `${outbound.reason} Run the probe again; the logs of the sending mail server show whether only large messages stall.${both}`
      : `Some packets have to be sent again. Messages get through, more slowly. Packets of full size arrive too, so no size is always lost.${both}`,
    evidence: evidence.rows,
  });
}

function titleOf(label: string, { small, unsure }: { small: number; unsure: boolean }): string {
  if (unsure) return `Large packets get lost on the way to ${label}, by their size or by chance`;
  return small > 0
    ? `Packets of all sizes get lost at times on the way to ${label}`
    : `Large packets get lost at times on the way to ${label}`;
}

function lossyInbound(host: MailHostObservation, evidence: EvidenceLog): Finding {
  return findingOfHost(host, {
    code: "lossy-path",
    confidence: "likely",
    title: `Packets get lost at times on the way from ${hostLabel(host)} to us`,
    summary: `${host.path.inbound.reason} The mail host sends them again, so messages get through, more slowly. No packet size was found that is always lost on the way back.`,
    evidence: evidence.rows,
  });
}
