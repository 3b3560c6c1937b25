/**
 * STARTTLS (RFC 3207) on a connection of its own: is it offered, does it work, with which certificate. Facts, no policy.
 *
 * A keyword that a firewall has painted over is no proof that TLS is missing, so behind a mask STARTTLS is tried all the
 * same. A handshake in which all our bytes are acknowledged and nothing comes back is handed to the inbound search.
 */
import type { Ehlo, Greeting, StageResult, Tls } from "@mxray/contracts";
import type { TcpFacts } from "../ports.ts";
import type { HostContext } from "./host-context.ts";
import { COMMAND_TIMEOUT_MS, negative, openSession } from "./open-session.ts";
import { segmentHeaders } from "./packet-size.ts";
import type { SmtpSession } from "./smtp-session.ts";
import { stageResult } from "./stage-result.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Something is missing before what came, and in this time, or this many round trips, it did not come: it will not. */
const GAP_MS = 700;
const GAP_ROUND_TRIPS = 8;

export interface StartTlsResult {
  readonly stage: StageResult;
  readonly tls: Tls;
  /** In TLS and ready for EHLO; the caller ends it. */
  readonly session: SmtpSession | null;
  /** All our bytes were acknowledged, and the host's flight did not come. */
  readonly flightMissing: boolean;
  /** Segments that came after a gap. */
  readonly outOfOrder: number;
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

/** @param seen greeting and EHLO of the first connection */
export async function tryStartTls(
  context: HostContext,
  seen: { greeting: Greeting; ehlo: Ehlo },
  request: { mss?: number; localPort?: number; timeoutMs?: number } = {},
): Promise<StartTlsResult> {
  const { clock } = context.ports;
  const start = clock.now();
  const offered = isStartTlsOffered(seen.ehlo);
  // Where EHLO was refused there are no extensions at all; a mask alone hides some.
  const masked = !seen.ehlo.refused && (seen.ehlo.masked.length > 0 || seen.greeting.mask === "pix" || seen.greeting.mask === "full");
  const tls: Tls = { ...NO_TLS, offered };
  const failed = (stage: StageResult, more: Partial<StartTlsResult> = {}): StartTlsResult => ({
    stage,
    tls,
    session: null,
    flightMissing: false,
    outOfOrder: 0,
    largestReceived: null,
    ...more,
  });
  if (!offered && !masked)
    return failed(stageResult("starttls", "skipped", 0, { reason: "The host does not offer STARTTLS.", cause: "not-offered" }));

  const { timeoutMs: _handshake, ...connection } = request;
  const opened = await openSession(context, { purpose: "direction", ...connection });
  const { session } = opened;
  if (session === null) {
    const last = opened.stages.at(-1);
    return failed(
      stageResult("starttls", "not-tested", clock.now() - start, {
        reason: `A further connection for STARTTLS did not come about: ${last?.reason ?? "no reason"}`,
        cause: "needs",
      }),
    );
  }
  const answer = await session.command("STARTTLS", COMMAND_TIMEOUT_MS);
  const attempted = { ...tls, attempted: true };
  if (answer.kind !== "reply" || answer.reply.code !== 220) {
    session.connection.reset();
    return failed(negative("starttls", answer, "STARTTLS", COMMAND_TIMEOUT_MS, clock.now() - start), { tls: attempted });
  }

  // Plaintext behind the 220 would be taken for something said inside TLS (CVE-2011-0411).
  const injected = await session.unexpectedReply();
  if (injected !== null) {
    session.connection.reset();
    const reason = "The host sent more in clear behind its go-ahead for TLS; whatever that is, it is no TLS.";
    return failed(stageResult("starttls", "failed", clock.now() - start, { reason, cause: "protocol" }), { tls: attempted });
  }

  const handshakeStart = clock.now();
  const timeoutMs = request.timeoutMs ?? HANDSHAKE_TIMEOUT_MS;
  const stopWatching = new AbortController();
  const gap = watchForGap(context, session, stopWatching.signal);
  const outcome = await session.secure(context.host.name, timeoutMs, gap.signal);
  stopWatching.abort();
  const facts = gap.facts() ?? session.connection.facts();
  const ms = clock.now() - start;
  if (!outcome.ok) {
    const outOfOrder = facts?.outOfOrder ?? 0;
    const acknowledged = facts !== null && facts.unacked === 0 && facts.unsent === 0;
    session.connection.reset();
    const seenGap = gap.facts() !== null;
    const stalled = outcome.cause === "timeout" || seenGap;
    const reason = seenGap ? "The TLS handshake did not get on." : outcome.reason;
    const detail =
      stalled && acknowledged
        ? ` All our bytes were acknowledged${outOfOrder > 0 ? `, and ${outOfOrder} later segments came while an earlier one is missing` : ""}.`
        : "";
    return failed(
      stageResult("starttls", stalled || outcome.cause === "aborted" ? "stalled" : "failed", ms, {
        reason: `${reason}${detail}`,
        cause: stalled ? "timeout" : outcome.cause === "aborted" ? "deadline" : outcome.cause,
      }),
      { tls: attempted, flightMissing: stalled && (acknowledged || facts === null), outOfOrder },
    );
  }
  session.tlsOverhead = recordOverhead(outcome.protocol, outcome.cipher) ?? 0;
  return {
    stage: stageResult("starttls", "ok", ms, offered ? {} : { reason: "STARTTLS was not legibly offered and works all the same." }),
    tls: {
      ...attempted,
      protocol: outcome.protocol,
      cipher: outcome.cipher,
      authorizationError: outcome.authorizationError,
      certificate: outcome.certificate,
      handshakeMs: Math.round((clock.now() - handshakeStart) * 10) / 10,
    },
    session,
    flightMissing: false,
    outOfOrder: facts?.outOfOrder ?? 0,
    largestReceived: facts === null ? null : facts.receiveMss + segmentHeaders(context.host.family, facts),
  };
}

/**
 * Ends a handshake early when it is clear that it will not go on: the kernel has later segments of the host's, an earlier
 * one is missing, and nothing changes for several round trips.
 */
function watchForGap(
  context: HostContext,
  session: SmtpSession,
  until: AbortSignal,
): { signal: AbortSignal; facts: () => TcpFacts | null } {
  const { clock } = context.ports;
  const controller = new AbortController();
  let stalledWith: TcpFacts | null = null;
  const watch = async () => {
    let received = -1;
    let since = clock.now();
    while (!until.aborted) {
      const facts = session.connection.facts();
      if (facts === null) return;
      if (facts.bytesReceived !== received || !facts.outOfOrder) {
        received = facts.bytesReceived;
        since = clock.now();
      } else if (facts.unacked === 0 && clock.now() - since > Math.max(GAP_MS, GAP_ROUND_TRIPS * facts.rttMs)) {
        stalledWith = facts;
        controller.abort();
        return;
      }
      await clock.sleep(20, until);
    }
  };
  void watch();
  return { signal: controller.signal, facts: () => stalledWith };
}

/** Bytes that one TLS record adds to its plaintext (RFC 5246 §6.2.3.3, RFC 7905, RFC 8446 §5.2); null when it varies. */
function recordOverhead(protocol: string, cipher: string): number | null {
  if (protocol === "TLSv1.3") return 5 + 1 + 16;
  if (protocol === "TLSv1.2" && cipher.includes("GCM")) return 5 + 8 + 16;
  if (protocol === "TLSv1.2" && cipher.includes("CHACHA20")) return 5 + 16;
  return null;
}
