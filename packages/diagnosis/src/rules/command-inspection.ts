/** `command-inspection`: long commands are lost where other bytes in packets of that size arrive. */
import { hostLabel } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import type { HostRule } from "./rule.ts";

export const findCommandInspection: HostRule = (host, { observation }) => {
  const inspection = host.path.commandInspection ?? null;
  if (inspection === null) return [];
  const { confidence, size, lost, arrived, inPieces } = inspection;
  const evidence = new EvidenceLog(observation).add(
    `${countText(lost, "NOOP line")} in packets of ${size} bytes or more did not arrive; ${countText(arrived, "packet")} of that size with message data or TLS did.`,
    { ...inspection },
  );
  if (inPieces === "lost")
    evidence.add("The same line in small segments did not arrive either: the length of the command is the reason.", { inPieces });
  if (inPieces === "arrived")
    evidence.add("The same line in small segments arrived: single packets are judged, not the command as a whole.", { inPieces });
  return [
    findingOfHost(host, {
      code: "command-inspection",
      confidence,
      title: `Long SMTP commands are dropped on the way to ${hostLabel(host)}`,
      summary:
        "A firewall or proxy on the way inspects SMTP and drops long command lines. Message data of the same packet size arrive, so this is not a path MTU black hole. Ordinary mail rarely needs such commands; long recipient addresses, AUTH and some extensions do.",
      evidence: evidence.rows,
    }),
  ];
};
