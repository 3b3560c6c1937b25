/** The envelope (RFC 5321 §3.3): sender, recipient and the word to go ahead, of a message that is never finished. */
import type { StageResult } from "@mxray/contracts";
import type { HostContext } from "./host-context.ts";
import { isSentAway, negative } from "./open-session.ts";
import type { SmtpSession } from "./smtp-session.ts";
import { stageResult } from "./stage-result.ts";

export interface EnvelopeResult {
  readonly stage: StageResult;
  /** The host wants STARTTLS first (RFC 3207 §4: 530). */
  readonly wantsTls: boolean;
  readonly sentAway: boolean;
}

/** What goes between the angle brackets of RCPT TO: what the user gave, else the postmaster, nothing else ever. */
export function envelopeRecipient({ options }: HostContext): string {
  const { recipient, target } = options;
  return recipient ?? target.recipient ?? (target.kind === "address" ? "postmaster" : `postmaster@${target.host}`);
}

/** @param data also ask for the go-ahead (354) that message data need */
export async function sendEnvelope(context: HostContext, session: SmtpSession, data: boolean): Promise<EnvelopeResult> {
  const { clock } = context.ports;
  const start = clock.now();
  const mail = await session.command(`MAIL FROM:<${context.options.from ?? ""}>`, context.patience.commandMs);
  if (mail.kind !== "reply" || mail.reply.code >= 300) return refused(mail, "MAIL FROM");
  const rcpt = await session.command(`RCPT TO:<${envelopeRecipient(context)}>`, context.patience.commandMs);
  if (rcpt.kind !== "reply" || rcpt.reply.code >= 300) return refused(rcpt, "RCPT TO");
  if (data) {
    const go = await session.command("DATA", context.patience.commandMs);
    if (go.kind !== "reply" || go.reply.code !== 354) return refused(go, "DATA");
  }
  return { stage: stageResult("envelope", "ok", clock.now() - start), wantsTls: false, sentAway: false };

  function refused(outcome: typeof mail, command: string): EnvelopeResult {
    const reply = outcome.kind === "reply" ? outcome.reply : null;
    return {
      stage: negative("envelope", outcome, command, context.patience.commandMs, clock.now() - start),
      wantsTls: reply?.code === 530,
      // 554 to a recipient is about the recipient, 421 about us.
      sentAway: reply !== null && isSentAway(reply) && (reply.code === 421 || command === "MAIL FROM"),
    };
  }
}
