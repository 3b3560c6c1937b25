/**
 * The end of a message (seen only in the opt-in delivery test): `dotcrlf-split`. Proven by experiment: the same end of data
 * in one segment is answered, split between the dot and CRLF it is not. Both hanging is a slow filter, not this fault.
 */
import { hostLabel } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { type HostRule, reasonOf, stageOf } from "./rule.ts";

export const findEndOfData: HostRule = (host, { observation }) => {
  const { whole, split } = host.endOfData;
  const stage = stageOf(host, "end-of-data");
  if (whole === "ok" && (split === "stalled" || split === "closed")) {
    const evidence = new EvidenceLog(observation)
      .add("A message whose end (CRLF, dot, CRLF) came in one segment was accepted.", { whole })
      .add(
        `The same with the dot in one segment and its CRLF in the next ${split === "stalled" ? "got no answer" : "ended the connection"}.`,
        { split },
      );
    if (stage !== null) evidence.addIf(stage.reason, { ms: stage.ms });
    return [
      findingOfHost(host, {
        code: "dotcrlf-split",
        confidence: "proven",
        title: `${hostLabel(host)} does not see the end of a message that comes in two packets`,
        summary:
          "Whenever chance puts the final dot and its line end into two packets, the delivery hangs until a time-out, and the recipient may get the message again and again. Old Cisco PIX software does that (CSCds90792: before 5.2(4) and 6.0(1)), and so do some proxies.",
        evidence: evidence.rows,
      }),
    ];
  }
  if (whole === "stalled" && stage !== null) {
    return [
      findingOfHost(host, {
        code: "inconclusive",
        confidence: "suspected",
        title: `${hostLabel(host)} does not answer the end of a message in time`,
        summary:
          "Not even an end of data in one segment was answered, so a split one was not tried. A content filter that scans before it answers is the usual cause; senders wait ten minutes, this test less.",
        evidence: new EvidenceLog(observation).add(reasonOf(stage), { whole, ms: stage.ms }).rows,
      }),
    ];
  }
  return [];
};
