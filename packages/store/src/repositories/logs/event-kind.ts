/** As which kind of example a kept event serves: a stall of content, a PIX line, a trouble of this host, or the event itself. */
import { isContentStage, type MailEvent } from "@mxray/contracts";

export const CONTENT_STALL = "content-stall";
export const PIX = "pix-workarounds";

export function kindOfEvent({ event, trouble, stage, reason }: MailEvent): string {
  if (trouble !== undefined) return trouble;
  if ((event === "timeout" || event === "lost-connection" || event === "delivery") && isContentStage(stage)) {
    return event !== "delivery" || isStallText(reason) ? CONTENT_STALL : event;
  }
  return event;
}

function isStallText(reason: string | null): boolean {
  return /timed out|timeout|lost connection|closed connection/i.test(reason ?? "");
}
