/**
 * The end-of-data test (CSCds90792): a message whose `CRLF.CRLF` travels in one segment, and one whose `.` and CRLF come in
 * two. Only the second one hanging proves a firewall that loses a split end of data. It can only be seen by finishing a
 * message, so this really delivers, to a recipient that the user named and confirmed, and never more than two messages.
 */
import type { EndOfData, EndOfDataOutcome, StageResult } from "@mxray/contracts";
import type { HostContext } from "./host-context.ts";
import { openSession } from "./open-session.ts";
import type { ReplyOutcome, SmtpSession } from "./smtp-session.ts";
import { stageResult } from "./stage-result.ts";

/** The second segment leaves so long after the first was acknowledged. */
const PAUSE_MS = 200;

export const NO_END_OF_DATA: EndOfData = { whole: "not-tested", split: "not-tested", recipient: null, messageIds: [] };

export async function testEndOfData(context: HostContext, recipient: string): Promise<{ stage: StageResult; endOfData: EndOfData }> {
  const { clock } = context.ports;
  const { endOfDataMs } = context.patience;
  const start = clock.now();
  const newMessageId = () => `<${crypto.randomUUID()}@${context.helo}>`;
  const ids = { whole: newMessageId(), split: newMessageId() };
  const admit = async () => (await context.options.admitDelivery?.(Object.values(ids))) ?? null;
  const whole = await deliverOne(context, { recipient, variant: "whole", id: ids.whole, patienceMs: endOfDataMs, admit });
  const wholeMs = clock.now() - start;
  const goesOn = whole.outcome === "ok";
  const split: Delivered = goesOn
    ? await deliverOne(context, { recipient, variant: "split", id: ids.split, patienceMs: Math.max(endOfDataMs, 5 * wholeMs) })
    : { outcome: "not-tested", reason: null };
  const endOfData = { whole: whole.outcome, split: split.outcome, recipient, messageIds: goesOn ? [ids.whole, ids.split] : [ids.whole] };
  const ms = clock.now() - start;
  const bad = whole.outcome !== "ok" ? whole : split.outcome !== "ok" ? split : null;
  if (bad === null) return { endOfData, stage: stageResult("end-of-data", "ok", ms) };
  const outcome =
    bad.outcome === "stalled" ? "stalled" : bad.outcome === "rejected" ? "refused" : bad.outcome === "not-tested" ? "not-tested" : "failed";
  return {
    endOfData,
    stage: stageResult("end-of-data", outcome, ms, {
      ...(bad.reason === null ? {} : { reason: bad.reason }),
      ...(bad.outcome === "stalled" ? { cause: "timeout" as const } : {}),
    }),
  };
}

interface Message {
  readonly recipient: string;
  readonly variant: "whole" | "split";
  readonly id: string;
  readonly patienceMs: number;
  /** Asked right before the message leaves; a sentence keeps it back. */
  readonly admit?: () => Promise<string | null>;
}

interface Delivered {
  readonly outcome: EndOfDataOutcome;
  readonly reason: string | null;
}

async function deliverOne(context: HostContext, message: Message): Promise<Delivered> {
  const { session } = await openSession(context, { purpose: "delivery" });
  if (session === null) return { outcome: "not-tested", reason: "No connection for the delivery test could be made." };
  for (const command of [`MAIL FROM:<${context.options.from ?? ""}>`, `RCPT TO:<${message.recipient}>`, "DATA"]) {
    const answer = await session.command(command, context.patience.commandMs);
    const wanted = command === "DATA" ? 354 : 250;
    if (answer.kind === "reply" && answer.reply.code >= wanted && answer.reply.code < wanted + 3) continue;
    session.connection.reset();
    return {
      outcome: answer.kind === "reply" ? "rejected" : outcomeOf(answer),
      reason: `The delivery test ended at ${command.split(" ")[0]}: ${answer.kind === "reply" ? answer.reply.text : answer.kind}.`,
    };
  }
  const refusal = (await message.admit?.()) ?? null;
  if (refusal !== null) {
    session.connection.reset();
    return { outcome: "not-tested", reason: refusal };
  }
  const text = messageText(context, message);
  session.noteSent(`… (a message of ${text.length} bytes, ${message.id})`);
  if (message.variant === "whole") {
    session.noteSent("CRLF . CRLF in one segment");
    await session.connection.write(Buffer.from(`${text}.\r\n`, "utf8"));
  } else {
    await session.connection.write(Buffer.from(`${text}.`, "utf8"));
    await acknowledged(context, session);
    await context.ports.clock.sleep(PAUSE_MS, context.signal);
    session.noteSent("CRLF . in one segment, CRLF in the next");
    await session.connection.write(Buffer.from("\r\n"));
  }
  const answer = await session.readReply(message.patienceMs);
  if (answer.kind === "reply" && answer.reply.code < 300) {
    await session.command("QUIT", context.patience.commandMs);
    session.connection.close();
    return { outcome: "ok", reason: null };
  }
  session.connection.reset();
  const how = message.variant === "whole" ? "in one segment" : "split between the dot and CRLF";
  return {
    outcome: answer.kind === "reply" ? "rejected" : outcomeOf(answer),
    reason:
      answer.kind === "reply"
        ? `The message was refused at its end: ${answer.reply.text}.`
        : `No reply to the end of data sent ${how} within ${Math.round(message.patienceMs / 1000)} s.`,
  };
}

function outcomeOf(answer: Exclude<ReplyOutcome, { kind: "reply" }>): EndOfDataOutcome {
  return answer.kind === "timeout" || answer.kind === "aborted" ? "stalled" : "closed";
}

/** Waits until the kernel has nothing unacknowledged, or as long as a round trip may take. */
async function acknowledged(context: HostContext, session: SmtpSession): Promise<void> {
  const { clock } = context.ports;
  const until = clock.now() + 5000;
  while (clock.now() < until && !context.signal.aborted) {
    const facts = session.connection.facts();
    if (facts === null || (facts.unacked === 0 && facts.unsent === 0)) return;
    await clock.sleep(5, context.signal);
  }
}

function messageText(context: HostContext, { recipient, variant, id }: Message): string {
  const { contact, from } = context.options;
  return [
    `From: mxray delivery test <${from === undefined || from === "" ? `postmaster@${context.helo}` : from}>`,
    `To: <${recipient}>`,
    `Subject: mxray delivery test (${variant} end of data)`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${id}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "This is a test message. A mail operator checked whether the end of a message reaches",
    `this host, and named your address for it. Nothing needs to be done.${contact === undefined ? "" : ` Questions: ${contact}`}`,
    "",
  ].join("\r\n");
}
