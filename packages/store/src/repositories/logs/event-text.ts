/** A kept event as it stands in the store: without what is null, and with the kind of example that it serves as. */
import { isContentStage, type MailEvent, peerSignOf } from "@mxray/contracts";

export const CONTENT_STALL = "content-stall";
/** A stall at another stage. */
export const EARLY_STALL = "early-stall";
export const SIGN = "sign";
export const PIX = "pix-workarounds";

/** A stall, a PIX line, a trouble of this host, a sign of the peer, or the event itself. */
export function kindOfEvent(mailEvent: MailEvent): string {
  const { event, trouble, stage, reason } = mailEvent;
  if (trouble !== undefined) return trouble;
  if (event === "timeout" || event === "lost-connection" || (event === "delivery" && stage !== "connect" && isStallText(reason))) {
    return isContentStage(stage) ? CONTENT_STALL : EARLY_STALL;
  }
  return peerSignOf(mailEvent) === null ? event : SIGN;
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
