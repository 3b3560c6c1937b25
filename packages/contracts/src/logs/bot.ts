/**
 * Which clients of a log are noise: bots that scan the internet, whose lost sessions say nothing about any path. Noise needs a
 * positive sign, or many short sessions without a delivery. Behind a black hole towards this server no client reaches MAIL and
 * none delivers either, so a client that once timed out or lasted before MAIL, or began to send content, is none.
 */
import { MAIL_STAGES, type MailStage, type PeerSign } from "../terms/log-terms.ts";
import type { LogMeasure } from "./log-batch.ts";
import { isContentStage } from "./log-example.ts";
import type { LogPeer } from "./log-statistics.ts";

/** A session of a bot that is lost before MAIL is shorter, seconds. */
export const SHORT_SESSION_SECONDS = 30;
/** Short sessions without a delivery from which on they are a bot's. */
export const MANY_SHORT = 10;
const BEFORE_MAIL: ReadonlySet<MailStage> = new Set(["connect", "greeting", "ehlo", "starttls"]);

export function isBeforeMail(stage: MailStage | null): boolean {
  return stage !== null && BEFORE_MAIL.has(stage);
}

/** The rule by measures: no bot has any of these, whatever its signs. */
export const BOT_EXCLUDED_BY: ReadonlySet<LogMeasure> = new Set<LogMeasure>([
  ...(["sent", "recovered", "again", "line slow-session"] as const),
  ...MAIL_STAGES.flatMap((stage): LogMeasure[] => {
    if (isContentStage(stage) || stage === "data-command") return [`timeout ${stage}`, `loss ${stage}`];
    return isBeforeMail(stage) ? [`timeout ${stage}`] : [];
  }),
]);

type SuspectedPeer = Pick<LogPeer, "direction" | "sent"> & {
  readonly stalls: readonly Pick<LogPeer["stalls"][number], "stage" | "timeouts">[];
  readonly signs: readonly Pick<LogPeer["signs"][number], "sign" | "count">[];
};

/** What makes a client a bot: `stalls` and `signs` may be of any length. */
export function isBot({ direction, sent, stalls, signs }: SuspectedPeer): boolean {
  if (direction !== "inbound" || sent > 0) return false;
  const signed = (wanted: PeerSign) => signs.find(({ sign }) => sign === wanted)?.count ?? 0;
  if (signed("slow-session") > 0) return false;
  if (stalls.some(({ stage, timeouts }) => (isBeforeMail(stage) && timeouts > 0) || isContentStage(stage) || stage === "data-command")) {
    return false;
  }
  return signed("bot") > 0 || signed("short-session") >= MANY_SHORT;
}
