/** What is otherwise at a mail host than at the probe before, one sentence each; the path first. */
import { type MailHostObservation, OUTCOME_WORDS, STAGE_NAMES } from "@mxray/contracts";
import { carriesFullSize } from "./proves-gone.ts";

/** @param before null where that probe did not meet the host; the same for `after` */
export function changesOf(before: MailHostObservation | null, after: MailHostObservation | null): string[] {
  if (before === null) return ["This host was not there before."];
  if (after === null) return ["This host is not there any more."];
  return [
    ...outboundChanges(before, after),
    ...inboundChanges(before, after),
    ...maskChanges(before, after),
    ...stageChanges(before, after),
  ];
}

function outboundChanges(before: MailHostObservation, after: MailHostObservation): string[] {
  const [was, is] = [before.path.outbound, after.path.outbound];
  if (was.mtu === null || is.mtu === null) return [];
  const holes = [was.verdict === "black-hole", is.verdict === "black-hole"] as const;
  if (!holes[0] && holes[1]) return [`Packets of more than ${is.mtu} bytes are lost now.`];
  if (holes[0] && !holes[1] && is.mtu <= was.mtu) return carriesFullSize(after) ? [smallerSentence(after, is.mtu)] : [];
  if (is.mtu > was.mtu) return [`Packets of ${was.mtu + 1} to ${is.mtu} bytes arrive now.`];
  return is.mtu < was.mtu ? [`The largest packet that arrives has ${is.mtu} bytes now, ${was.mtu} before.`] : [];
}

/** The hole is avoided: nothing larger than what passes is sent any more. */
function smallerSentence({ path }: MailHostObservation, mtu: number): string {
  switch (path.outbound.limitedBy) {
    case "peer-mss":
      return `The host, or a router on the way, now asks for segments that fit: no packet has more than ${mtu} bytes.`;
    case "local-mtu":
      return `This machine's interface now allows ${mtu} bytes, so nothing larger is sent.`;
    default:
      return `This machine now receives the message that packets may have ${mtu} bytes at most, and complies.`;
  }
}

function inboundChanges(before: MailHostObservation, after: MailHostObservation): string[] {
  const [was, is] = [before.path.inbound, after.path.inbound];
  if (was.verdict !== "black-hole" && is.verdict === "black-hole") {
    return [
      is.mtu === null
        ? "The host's large packets do not arrive any more."
        : `The host's packets of more than ${is.mtu} bytes are lost now.`,
    ];
  }
  if (was.verdict !== "black-hole" || is.verdict !== "clear" || is.mtu === null) return [];
  if (was.mtu !== null && is.mtu > was.mtu) return [`Packets of ${was.mtu + 1} to ${is.mtu} bytes arrive from the host now.`];
  return [`The host's TLS handshake arrives now, in packets of up to ${is.mtu} bytes.`];
}

function maskChanges({ greeting: was }: MailHostObservation, { greeting: is }: MailHostObservation): string[] {
  if (is.text === null || was.text === null || (was.mask === "none") === (is.mask === "none")) return [];
  return [is.mask === "none" ? "The greeting is not masked any more." : "The greeting is masked now."];
}

function stageChanges(before: MailHostObservation, after: MailHostObservation): string[] {
  return after.stages.flatMap(({ stage, outcome, cause }) => {
    const was = before.stages.find((one) => one.stage === stage);
    if (was === undefined || was.outcome === outcome || was.cause === "not-wanted" || cause === "not-wanted") return [];
    return [`${STAGE_NAMES[stage]}: ${OUTCOME_WORDS[was.outcome]} before, ${OUTCOME_WORDS[outcome]} now.`];
  });
}
