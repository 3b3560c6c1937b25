/** Why messages wait in a mail queue, in words for people. */
import type { QueueReason, QueueReasonKind } from "@mxray/contracts";
import { MAIL_STAGE_WORDS } from "./log-words.ts";

const QUEUE_REASON_WORDS: Record<QueueReasonKind, string> = {
  timeout: "timed out",
  "peer-timeout": "receiving server timed out",
  "lost-connection": "connection lost",
  "connect-failed": "no connection",
  "no-host": "no mail host found",
  "tls-failed": "TLS failed",
  reply: "refused for now",
  other: "another reason",
  untried: "in delivery, or not tried yet",
  held: "on hold",
};

/** `timed out, end of data (4.4.2)`; without the stage where the reason names it. */
export function queueReasonWords({ reason, stage, dsn }: Pick<QueueReason, "reason" | "stage" | "dsn">): string {
  const isNamed = reason === "connect-failed" || reason === "tls-failed";
  const where = stage === null || isNamed ? "" : `, ${MAIL_STAGE_WORDS[stage]}`;
  return `${QUEUE_REASON_WORDS[reason]}${where}${dsn === null ? "" : ` (${dsn})`}`;
}
