/** A kept event as it stands in the store: without what is null, and with the kind of example that it serves as. */
import { isContentStage, type MailEvent } from "@mxray/contracts";

export const CONTENT_STALL = "content-stall";
export const PIX = "pix-workarounds";

/** A stall of content, a PIX line, a trouble of this host, or the event itself. */
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

export function textOfEvent(event: MailEvent): string {
  return JSON.stringify(Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null)));
}

export function eventOfText(text: string): MailEvent {
  return { ...EMPTY, ...(JSON.parse(text) as MailEvent) };
}

const EMPTY = {
  time: null,
  host: null,
  pid: null,
  queueId: null,
  direction: null,
  stage: null,
  command: null,
  bytes: null,
  peer: null,
  status: null,
  dsn: null,
  size: null,
  delay: null,
  delays: null,
  reason: null,
} as const satisfies Partial<MailEvent>;
