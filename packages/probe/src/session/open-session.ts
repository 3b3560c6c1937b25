/**
 * Opens a dialogue up to EHLO: connect, greeting, EHLO with HELO as the fall-back (RFC 5321 §3.2). The first one of a
 * mail host gives its stages; the path search and STARTTLS open further ones the same way.
 */
import type { Ehlo, Greeting, Reply, StageCause, StageResult } from "@mxray/contracts";
import { isMaskedKeyword, maskOfGreeting } from "./greeting-mask.ts";
import { type HostContext, stageResult } from "./host-context.ts";
import { describeReplyOutcome, type ReplyOutcome, SmtpSession } from "./smtp-session.ts";

/** Four SYNs: Linux repeats after 1, 3 and 7 s. */
const CONNECT_TIMEOUT_MS = 8000;
/** postscreen waits 6 s before it greets, some tarpits 20 s. */
const GREETING_TIMEOUT_MS = 22_000;
export const COMMAND_TIMEOUT_MS = 15_000;
/** Implicit TLS (RFC 8314): the handshake comes before the greeting. */
const IMPLICIT_TLS_PORT = 465;

export interface OpenedSession {
  /** Null when it did not come as far as EHLO's reply. */
  readonly session: SmtpSession | null;
  /** One result for each stage that was begun. */
  readonly stages: readonly StageResult[];
  readonly greeting: Greeting;
  readonly ehlo: Ehlo;
  /** The host said 421 or 554: leave it alone. */
  readonly sentAway: boolean;
}

const NO_GREETING: Greeting = { text: null, mask: "none" };
const NO_EHLO: Ehlo = { keywords: [], masked: [], refused: false, helo: false };

/**
 * @param mss TCP_MAXSEG in bytes, limits both directions
 * @param onStage told before each stage begins
 */
export async function openSession(
  context: HostContext,
  request: { mss?: number; onStage?: (stage: "connect" | "greeting" | "ehlo") => void } = {},
): Promise<OpenedSession> {
  const { host, ports, signal, transcript } = context;
  const { clock } = ports;
  const stages: StageResult[] = [];
  let greeting = NO_GREETING;
  let ehlo = NO_EHLO;
  const ended = (sentAway = false): OpenedSession => ({ session: null, stages, greeting, ehlo, sentAway });

  request.onStage?.("connect");
  const refusal = await context.options.admit?.(host, signal);
  let start = clock.now();
  if (typeof refusal === "string") {
    stages.push(stageResult("connect", "not-tested", 0, { reason: refusal, cause: "policy" }));
    return ended();
  }
  const number = context.budget.take();
  if (number === null) {
    stages.push(stageResult("connect", "not-tested", 0, { reason: "The probe's connections to this host are used up.", cause: "local" }));
    return ended();
  }
  const dialled = await ports.dialer.dial({
    address: host.address,
    family: host.family,
    port: host.port,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal,
    ...(request.mss === undefined ? {} : { mss: request.mss }),
  });
  if (!dialled.ok) {
    transcript.note(number, dialled.reason);
    if (dialled.cause === "reset") {
      // A SYN is refused, not reset: the connection was there and was reset before we had a look at it.
      stages.push(stageResult("connect", "ok", clock.now() - start));
      stages.push(stageResult("greeting", "failed", 0, { reason: "The connection was reset instead of a greeting.", cause: "reset" }));
      return ended();
    }
    stages.push(connectFailure(dialled.cause, dialled.reason, clock.now() - start));
    return ended();
  }
  const { connection } = dialled;
  transcript.note(number, request.mss === undefined ? "Connected." : `Connected with the segment size limited to ${request.mss} bytes.`);
  stages.push(stageResult("connect", "ok", clock.now() - start));
  const session = new SmtpSession({ connection, number, clock, transcript, signal });
  const giveUp = (sentAway = false): OpenedSession => {
    connection.reset();
    return ended(sentAway);
  };

  request.onStage?.("greeting");
  start = clock.now();
  if (host.port === IMPLICIT_TLS_PORT) {
    const tls = await session.secure(host.name, GREETING_TIMEOUT_MS);
    if (!tls.ok) {
      const stalled = tls.cause === "timeout";
      stages.push(
        stageResult("greeting", stalled ? "stalled" : "failed", clock.now() - start, {
          reason: tls.reason,
          cause: tls.cause === "aborted" ? "cancelled" : tls.cause,
        }),
      );
      return giveUp();
    }
  }
  const welcome = await session.readReply(GREETING_TIMEOUT_MS);
  if (welcome.kind === "reply" || welcome.kind === "protocol") {
    const text = welcome.kind === "reply" ? welcome.reply.text : welcome.text;
    greeting = { text, mask: maskOfGreeting(text) };
  }
  // A PIX before 5.1 leaves not even the code: that is its mask, not a foreign protocol.
  const masked = welcome.kind === "protocol" && greeting.mask === "full";
  if (!masked && !(welcome.kind === "reply" && welcome.reply.code >= 200 && welcome.reply.code < 300)) {
    stages.push(negative("greeting", welcome, "its greeting", GREETING_TIMEOUT_MS, clock.now() - start));
    return giveUp(welcome.kind === "reply" && isSentAway(welcome.reply));
  }
  stages.push(
    stageResult("greeting", "ok", clock.now() - start, masked ? { reason: "The whole greeting is masked, its reply code included." } : {}),
  );

  request.onStage?.("ehlo");
  start = clock.now();
  let answer = await session.command(`EHLO ${context.helo}`, COMMAND_TIMEOUT_MS);
  const refused = answer.kind === "reply" && answer.reply.code >= 500 && answer.reply.code !== 554;
  if (refused) {
    ehlo = { ...NO_EHLO, refused: true, helo: true };
    answer = await session.command(`HELO ${context.helo}`, COMMAND_TIMEOUT_MS);
  }
  if (answer.kind !== "reply" || answer.reply.code !== 250) {
    stages.push(negative("ehlo", answer, refused ? "HELO" : "EHLO", COMMAND_TIMEOUT_MS, clock.now() - start));
    return giveUp(answer.kind === "reply" && isSentAway(answer.reply));
  }
  const early = await session.unexpectedReply();
  if (early !== null) {
    stages.push(negative("ehlo", early, "the next command, before it was sent", COMMAND_TIMEOUT_MS, clock.now() - start));
    return giveUp();
  }
  if (!refused) {
    const keywords = answer.lines
      .slice(1)
      .map((line) => line.slice(4).trim())
      .filter((keyword) => keyword !== "");
    ehlo = { keywords: keywords.slice(0, 100), masked: keywords.filter(isMaskedKeyword).slice(0, 100), refused: false, helo: false };
  }
  stages.push(stageResult("ehlo", "ok", clock.now() - start, refused ? { reason: "EHLO was refused; HELO was accepted." } : {}));
  return { session, stages, greeting, ehlo, sentAway: false };
}

/** A reply that means: do not come back soon. */
export function isSentAway(reply: Reply): boolean {
  return reply.code === 421 || reply.code === 554;
}

/** A stage whose reply was missing or not the one that goes on. */
export function negative(stage: StageResult["stage"], outcome: ReplyOutcome, awaited: string, timeoutMs: number, ms: number): StageResult {
  if (outcome.kind === "reply" && outcome.reply.code < 400) {
    const reason = `What the host answered to ${awaited} makes no sense there: '${outcome.reply.text.split("\n")[0]}'.`;
    return stageResult(stage, "failed", ms, { reason, cause: "protocol", reply: outcome.reply });
  }
  if (outcome.kind === "reply") {
    const firstLine = outcome.reply.text.split("\n")[0] ?? "";
    return stageResult(stage, "refused", ms, {
      reason: `The host answered ${awaited === "its greeting" ? "the connection" : awaited} with '${firstLine}'.`,
      cause: "reply",
      reply: outcome.reply,
    });
  }
  const reason = describeReplyOutcome(outcome, awaited, timeoutMs);
  switch (outcome.kind) {
    case "timeout":
      return stageResult(stage, "stalled", ms, { reason, cause: outcome.trickling ? "slow" : "timeout" });
    case "aborted":
      return stageResult(stage, "stalled", ms, { reason, cause: "deadline" });
    default:
      return stageResult(stage, "failed", ms, { reason, cause: outcome.kind });
  }
}

function connectFailure(cause: "timeout" | "refused" | "unreachable" | "local" | "aborted", reason: string, ms: number): StageResult {
  const causes: Record<typeof cause, StageCause> = {
    timeout: "timeout",
    refused: "refused",
    unreachable: "unreachable",
    local: "local",
    aborted: "deadline",
  };
  const outcome =
    cause === "timeout" || cause === "aborted" ? "stalled" : cause === "refused" ? "refused" : cause === "local" ? "not-tested" : "failed";
  return stageResult("connect", outcome, ms, { reason, cause: causes[cause] });
}
