/**
 * Opens a dialogue up to EHLO: connect, greeting, EHLO with HELO as the fall-back (RFC 5321 §3.2). The first one of a
 * mail host gives its stages; the path search and STARTTLS open further ones the same way.
 */
import type { ConnectionPurpose, Ehlo, Greeting, Reply, StageResult } from "@mxray/contracts";
import { isMaskedKeyword, maskOfGreeting } from "./greeting-mask.ts";
import type { HostConnection } from "./host-connections.ts";
import type { SessionContext } from "./session-context.ts";
import { describeReplyOutcome, type ReplyOutcome, SmtpSession } from "./smtp-session.ts";
import { stageResult } from "./stage-result.ts";

/** Implicit TLS (RFC 8314): the handshake comes before the greeting. */
const IMPLICIT_TLS_PORT = 465;
const MOST_KEYWORDS = 100;

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

/** The part of a dialogue that has been heard so far. */
interface Opening {
  readonly stages: StageResult[];
  greeting: Greeting;
  ehlo: Ehlo;
  sentAway: boolean;
}

export interface SessionRequest {
  /** TCP_MAXSEG in bytes, limits both directions. */
  readonly mss?: number;
  /** Of an earlier connection, to go the same way as that. */
  readonly localPort?: number;
  /** What the connection is for; default `exactness`. */
  readonly purpose?: ConnectionPurpose;
  /** Called before each stage begins. */
  readonly onStage?: (stage: "connect" | "greeting" | "ehlo") => void;
}

export async function openSession(context: SessionContext, request: SessionRequest = {}): Promise<OpenedSession> {
  let opened = await openOnce(context, request);
  // It may count our own connection before this one: that is not held against the host.
  while (isCrowded(opened) && context.connections.slowDown()) opened = await openOnce(context, request);
  return opened;
}

async function openOnce(context: SessionContext, request: SessionRequest): Promise<OpenedSession> {
  const opening: Opening = { stages: [], greeting: NO_GREETING, ehlo: NO_EHLO, sentAway: false };
  request.onStage?.("connect");
  const session = await connect(context, opening, request);
  if (session === null) return { ...opening, session };
  request.onStage?.("greeting");
  if (await hearGreeting(context, opening, session)) {
    request.onStage?.("ehlo");
    if (await sayHello(context, opening, session)) return { ...opening, session };
  }
  session.connection.reset();
  return { ...opening, session: null };
}

async function connect(
  context: SessionContext,
  { stages }: Opening,
  { mss, localPort, purpose = "exactness" }: SessionRequest,
): Promise<SmtpSession | null> {
  const { connections, transcript, replies, signal, ports, patience } = context;
  const { clock } = ports;
  const start = clock.now();
  const made = await connections.open({
    purpose,
    timeoutMs: patience.connectMs,
    ...(mss === undefined ? {} : { mss }),
    ...(localPort === undefined ? {} : { localPort }),
  });
  const ms = clock.now() - start;
  if (made.ok) {
    transcript.note(made.number, mss === undefined ? "Connected." : `Connected with the segment size limited to ${mss} bytes.`);
    stages.push(stageResult("connect", "ok", ms));
    return new SmtpSession({ connection: made.connection, number: made.number, clock, transcript, replies, signal });
  }
  if (made.number !== null) transcript.note(made.number, made.reason);
  if (made.cause === "reset") {
    // A SYN is refused, not reset: the connection was there and was reset before we had a look at it.
    stages.push(stageResult("connect", "ok", ms));
    stages.push(stageResult("greeting", "failed", 0, { reason: "The connection was reset instead of a greeting.", cause: "reset" }));
  } else stages.push(connectFailure(made.cause, made.reason, ms));
  return null;
}

/** Whether the host greets as SMTP does; over implicit TLS the handshake comes first. */
async function hearGreeting(
  { host, ports, patience, connections }: SessionContext,
  opening: Opening,
  session: SmtpSession,
): Promise<boolean> {
  const { clock } = ports;
  const { stages } = opening;
  const start = clock.now();
  if (host.port === IMPLICIT_TLS_PORT) {
    const tls = await session.secure(host.name, patience.greetingMs);
    if (!tls.ok) {
      const cause = tls.cause === "aborted" ? "deadline" : tls.cause;
      const outcome = tls.cause === "timeout" || tls.cause === "aborted" ? "stalled" : "failed";
      stages.push(stageResult("greeting", outcome, clock.now() - start, { reason: tls.reason, cause }));
      return false;
    }
  }
  const welcome = await session.readReply(patience.greetingMs);
  connections.noteGreeting(clock.now() - start - (session.connection.facts()?.rttMs ?? 0));
  if (welcome.kind === "reply" || welcome.kind === "protocol") {
    const text = welcome.kind === "reply" ? welcome.reply.text : welcome.text;
    opening.greeting = { text, mask: maskOfGreeting(text) };
  }
  // A PIX before 5.1 leaves not even the code: that is its mask, not a foreign protocol.
  const masked = welcome.kind === "protocol" && opening.greeting.mask === "full";
  const ms = clock.now() - start;
  if (!masked && !(welcome.kind === "reply" && welcome.reply.code >= 200 && welcome.reply.code < 300)) {
    stages.push(negative("greeting", welcome, "its greeting", patience.greetingMs, ms));
    opening.sentAway = welcome.kind === "reply" && isSentAway(welcome.reply);
    return false;
  }
  stages.push(stageResult("greeting", "ok", ms, masked ? { reason: "The whole greeting is masked, its reply code included." } : {}));
  return true;
}

/** Whether EHLO, or HELO in its place, is accepted. */
async function sayHello({ helo, ports, patience }: SessionContext, opening: Opening, session: SmtpSession): Promise<boolean> {
  const { clock } = ports;
  const { stages } = opening;
  const start = clock.now();
  let answer = await session.command(`EHLO ${helo}`, patience.commandMs);
  const refused = answer.kind === "reply" && answer.reply.code >= 500 && answer.reply.code !== 554;
  if (refused) {
    opening.ehlo = { ...NO_EHLO, refused: true, helo: true };
    answer = await session.command(`HELO ${helo}`, patience.commandMs);
  }
  if (answer.kind !== "reply" || answer.reply.code !== 250) {
    stages.push(negative("ehlo", answer, refused ? "HELO" : "EHLO", patience.commandMs, clock.now() - start));
    opening.sentAway = answer.kind === "reply" && isSentAway(answer.reply);
    return false;
  }
  const early = await session.unexpectedReply();
  if (early !== null) {
    stages.push(negative("ehlo", early, "the next command, before it was sent", patience.commandMs, clock.now() - start));
    return false;
  }
  if (!refused) opening.ehlo = { ...NO_EHLO, ...keywordsOf(answer.lines) };
  session.sizeLimit = sizeLimitOf(opening.ehlo);
  stages.push(stageResult("ehlo", "ok", clock.now() - start, refused ? { reason: "EHLO was refused; HELO was accepted." } : {}));
  return true;
}

/** SIZE without a number, and 0, set no limit (RFC 1870 §3). */
function sizeLimitOf({ keywords }: Ehlo): number | null {
  const [, digits] = keywords.map((keyword) => /^SIZE ([0-9]{1,15})$/i.exec(keyword)).find((match) => match !== null) ?? [];
  return Number(digits ?? 0) || null;
}

function keywordsOf(lines: readonly string[]): Pick<Ehlo, "keywords" | "masked"> {
  const keywords = lines
    .slice(1)
    .map((line) => line.slice(4).trim())
    .filter((keyword) => keyword !== "");
  return { keywords: keywords.slice(0, MOST_KEYWORDS), masked: keywords.filter(isMaskedKeyword).slice(0, MOST_KEYWORDS) };
}

/** "Too many concurrent SMTP connections" (Exim), "too many connections" (Postfix), "too many sessions", and the like. */
function isCrowded({ session, stages }: OpenedSession): boolean {
  const reply = stages.at(-1)?.reply;
  return session === null && reply?.code === 421 && /\b(?:connections?|concurren\w+|sessions?)\b/i.test(reply.text);
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

function connectFailure(cause: Exclude<Extract<HostConnection, { ok: false }>["cause"], "reset">, reason: string, ms: number): StageResult {
  switch (cause) {
    case "timeout":
      return stageResult("connect", "stalled", ms, { reason, cause });
    case "aborted":
      return stageResult("connect", "stalled", ms, { reason, cause: "deadline" });
    case "refused":
      return stageResult("connect", "refused", ms, { reason, cause });
    case "unreachable":
      return stageResult("connect", "failed", ms, { reason, cause });
    case "local":
      return stageResult("connect", "not-tested", ms, { reason, cause });
    case "used-up":
      return stageResult("connect", "not-tested", 0, { reason, cause: "local" });
    case "policy":
      return stageResult("connect", "not-tested", 0, { reason, cause });
  }
}
