/**
 * STARTTLS (RFC 3207) on a connection of its own: is it offered, does it work, with which certificate. Facts, no policy.
 *
 * A keyword that a firewall has painted over is no proof that TLS is missing, so behind a mask STARTTLS is tried all the
 * same. A handshake in which all our bytes are acknowledged and nothing comes back is handed to the inbound search.
 */
import type { Ehlo, Greeting, StageResult, Tls } from "@mxray/contracts";
import type { Connection, TlsOutcome } from "../ports.ts";
import { type FlightRepeats, type HandshakePatience, type WatchedHandshake, watchHandshake } from "./handshake-watch.ts";
import type { HostContext } from "./host-context.ts";
import { negative, openSession } from "./open-session.ts";
import { segmentHeaders } from "./packet-size.ts";
import { isLateAnswer } from "./reply-meter.ts";
import type { SmtpSession } from "./smtp-session.ts";
import { stageResult } from "./stage-result.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** What the host's first flight was like, as far as it came. */
interface HandshakeFlight {
  /** Segments that came while an earlier one was missing. */
  readonly outOfOrder: number;
  /** How often the host sent a missing segment in vain while small packets passed; null where that is not known. */
  readonly losses: number | null;
  /** What the host sent again in vain. */
  readonly repeated: FlightRepeats;
  /** Full-size segments that came, and those of them that may have come late. */
  readonly large: { readonly arrived: number; readonly late: number };
  /** Payload bytes that came in order. */
  readonly received: number;
  /** The largest IP packet that came on this connection, in order or not, bytes; null when unknown. */
  readonly largest: number | null;
  /** Full-size segments may have come out of order without being seen: the kernel only counts them. */
  readonly unseen: boolean;
  /** Our own time-out, milliseconds; null when unknown. */
  readonly rtoMs: number | null;
}

const NO_FLIGHT: HandshakeFlight = {
  outOfOrder: 0,
  losses: null,
  repeated: { whole: 0, first: 0 },
  large: { arrived: 0, late: 0 },
  received: 0,
  largest: null,
  unseen: false,
  rtoMs: null,
};

export interface StartTlsResult extends HandshakeFlight {
  readonly stage: StageResult;
  readonly tls: Tls;
  /** In TLS and ready for EHLO; the caller ends it. */
  readonly session: SmtpSession | null;
  /** All our bytes were acknowledged, and the host's flight did not come. */
  readonly flightMissing: boolean;
  /** The host's first flight came, whatever became of TLS. */
  readonly flightArrived: boolean;
  /** The largest IP packet that came from the host, bytes; null when unknown. */
  readonly largestReceived: number | null;
}

export function isStartTlsOffered({ keywords }: Ehlo): boolean {
  return keywords.some((keyword) => /^starttls$/i.test(keyword));
}

export const NO_TLS: Tls = {
  offered: false,
  attempted: false,
  protocol: null,
  cipher: null,
  authorizationError: null,
  certificate: null,
  handshakeMs: null,
};

export interface StartTlsRequest {
  /** TCP_MAXSEG, bytes: the handshake is a trial of the way back. */
  readonly mss?: number;
  /** Of an earlier connection, to go the same way as that. */
  readonly localPort?: number;
  readonly timeoutMs?: number;
  /** How long such a handshake took where it arrived, milliseconds. */
  readonly expectedMs?: number | null;
  /** Gives up when nothing comes from the host for so long, milliseconds. */
  readonly silenceMs?: number;
  /** How long what is missing is waited for; default `patient`. */
  readonly patience?: HandshakePatience;
}

/** What the first connection showed. */
interface Seen {
  readonly greeting: Greeting;
  readonly ehlo: Ehlo;
}

export async function tryStartTls(context: HostContext, seen: Seen, request: StartTlsRequest = {}): Promise<StartTlsResult> {
  const offered = isStartTlsOffered(seen.ehlo);
  const tls: Tls = { ...NO_TLS, offered };
  const start = context.ports.clock.now();
  if (!offered && !isHidden(seen))
    return withoutTls(stageResult("starttls", "skipped", 0, { reason: "The host does not offer STARTTLS.", cause: "not-offered" }), tls);
  const opened = await openDirection(context, request);
  if (opened.session === null) return withoutTls(notOpened(opened, context.ports.clock.now() - start), tls);
  const { session } = opened;
  const attempted = { ...tls, attempted: true };
  const refusal = await askForTls(session, context, start);
  if (refusal === null) return await shakeHands(context, session, request, attempted, start);
  session.connection.reset();
  return withoutTls(refusal, attempted);
}

/** Where EHLO was refused there are no extensions at all; a mask alone hides some. */
function isHidden({ ehlo, greeting }: Seen): boolean {
  return !ehlo.refused && (ehlo.masked.length > 0 || greeting.mask === "pix" || greeting.mask === "full");
}

function withoutTls(stage: StageResult, tls: Tls, more: Partial<StartTlsResult> = {}): StartTlsResult {
  return { stage, tls, session: null, flightMissing: false, flightArrived: false, ...NO_FLIGHT, largestReceived: null, ...more };
}

async function openDirection(context: HostContext, { mss, localPort }: StartTlsRequest): ReturnType<typeof openSession> {
  return await openSession(context, {
    purpose: "direction",
    ...(mss === undefined ? {} : { mss }),
    ...(localPort === undefined ? {} : { localPort }),
  });
}

function notOpened({ stages }: Awaited<ReturnType<typeof openSession>>, ms: number): StageResult {
  const last = stages.at(-1);
  return stageResult("starttls", "not-tested", ms, {
    reason: `No further connection for STARTTLS could be made: ${last?.reason ?? "no reason"}`,
    cause: "needs",
    reply: last?.reply ?? null,
  });
}

/** Null where the host goes ahead. */
async function askForTls(session: SmtpSession, { patience, ports: { clock } }: HostContext, start: number): Promise<StageResult | null> {
  const answer = await session.command("STARTTLS", patience.commandMs);
  if (answer.kind !== "reply" || answer.reply.code !== 220)
    return negative("starttls", answer, "STARTTLS", patience.commandMs, clock.now() - start);
  // Plaintext behind the 220 would be taken for something said inside TLS (CVE-2011-0411).
  if ((await session.unexpectedReply()) === null) return null;
  const reason = "The host sent more in clear behind its go-ahead for TLS; whatever that is, it is no TLS.";
  return stageResult("starttls", "failed", clock.now() - start, { reason, cause: "protocol" });
}

async function shakeHands(
  context: HostContext,
  session: SmtpSession,
  request: StartTlsRequest,
  tls: Tls,
  start: number,
): Promise<StartTlsResult> {
  const { clock } = context.ports;
  const begin = clock.now();
  const watch = watchHandshake(session.connection, clock, { patience: "patient", ...request, wanted: request.mss === undefined });
  const outcome = await session.secure(context.host.name, request.timeoutMs ?? HANDSHAKE_TIMEOUT_MS, watch.signal);
  const watched = watch.stop();
  const { facts } = watched;
  const handshakeMs = clock.now() - begin;
  const flight = flightOf(watched, session.connection, outcome.ok ? handshakeMs : null);
  const ms = clock.now() - start;
  if (!outcome.ok) {
    const acknowledged = facts !== null && facts.unacked === 0 && facts.unsent === 0;
    session.connection.reset();
    const stalled = !watched.recovered && (outcome.cause === "timeout" || (watch.signal.aborted && outcome.cause === "aborted"));
    const flightMissing = stalled && (watched.gap || acknowledged || facts === null);
    const stage = handshakeStage(outcome, { ...watched, stalled, acknowledged }, ms);
    return withoutTls(stage, tls, { ...flight, flightArrived: watched.recovered, flightMissing });
  }
  const { protocol, cipher, authorizationError, certificate } = outcome;
  session.tlsOverhead = recordOverhead(protocol, cipher) ?? 0;
  const hint = tls.offered ? {} : { reason: "STARTTLS was not legibly offered and works all the same." };
  return {
    stage: stageResult("starttls", "ok", ms, hint),
    tls: { ...tls, protocol, cipher, authorizationError, certificate, handshakeMs: Math.round(handshakeMs * 10) / 10 },
    session,
    ...flight,
    flightArrived: true,
    flightMissing: false,
    largestReceived: facts === null ? null : facts.receiveMss + segmentHeaders(context.host.family, facts),
  };
}

function flightOf(
  { facts, received, losses, repeated, largestPayload }: WatchedHandshake,
  { clampedMss, family }: Connection,
  ms: number | null,
): HandshakeFlight {
  if (facts === null) return { ...NO_FLIGHT, losses };
  const outOfOrder = facts.outOfOrder ?? 0;
  const payload = (clampedMss ?? facts.receiveMss + 12) - (facts.options.timestamps ? 12 : 0);
  const arrived = payload <= 0 ? 0 : Math.floor(received / payload);
  // It waited for a retransmission, or for a slow host.
  const slow = ms !== null && isLateAnswer(ms, facts);
  return {
    outOfOrder,
    losses,
    repeated,
    large: { arrived, late: Math.min(arrived, Math.max(outOfOrder, slow ? 1 : 0)) },
    received,
    largest: largestPayload === null ? null : largestPayload + segmentHeaders(family, facts),
    // One is the small segment at the end of the flight.
    unseen: !facts.measuresUnordered && outOfOrder > 1,
    rtoMs: facts.rtoMs,
  };
}

function handshakeStage(
  outcome: Extract<TlsOutcome, { ok: false }>,
  { gap, recovered, stalled, acknowledged, facts }: WatchedHandshake & { stalled: boolean; acknowledged: boolean },
  ms: number,
): StageResult {
  if (recovered)
    return stageResult("starttls", "failed", ms, {
      reason: "The host's flight arrived late, and the handshake was given up.",
      cause: "slow",
    });
  const outOfOrder = facts?.outOfOrder ?? 0;
  const later =
    outOfOrder > 0
      ? `, and ${outOfOrder === 1 ? "a later segment" : `${outOfOrder} later segments`} came while an earlier one is missing`
      : "";
  const detail = stalled && acknowledged ? ` All our bytes were acknowledged${later}.` : "";
  return stageResult("starttls", stalled || outcome.cause === "aborted" ? "stalled" : "failed", ms, {
    reason: `${gap || outcome.cause === "aborted" ? "The TLS handshake stopped." : outcome.reason}${detail}`,
    cause: stalled ? "timeout" : outcome.cause === "aborted" ? "deadline" : outcome.cause,
  });
}

/** Bytes that one TLS record adds to its plaintext (RFC 5246 §6.2.3.3, RFC 7905, RFC 8446 §5.2); null when it varies. */
function recordOverhead(protocol: string, cipher: string): number | null {
  if (protocol === "TLSv1.3") return 5 + 1 + 16;
  if (protocol === "TLSv1.2" && cipher.includes("GCM")) return 5 + 8 + 16;
  if (protocol === "TLSv1.2" && cipher.includes("CHACHA20")) return 5 + 16;
  return null;
}
