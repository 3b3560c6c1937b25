/** The direction from a mail host to us, told from its TLS handshake: its certificate is its first large flight. */
import type { InboundPath, Tls } from "@mxray/contracts";
import { type InboundTrial, searchInbound } from "../path/inbound-search.ts";
import { HANDSHAKE_TIMEOUTS, type HandshakePatience } from "../session/handshake-watch.ts";
import type { HostContext } from "../session/host-context.ts";
import type { OpenedSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { roundMs } from "../session/stage-result.ts";
import { type StartTlsResult, tryStartTls } from "../session/starttls.ts";

const FIRST_TRIAL_MS = 4000;
const SHORTEST_TRIAL_MS = 1500;

export const INBOUND_UNTESTED: InboundPath = {
  verdict: "not-tested",
  mtu: null,
  confidence: null,
  clampedMss: null,
  reason: "No large reply was asked of the host.",
  trials: [],
};

export const INBOUND_UNSEARCHABLE: InboundPath = {
  ...INBOUND_UNTESTED,
  verdict: "inconclusive",
  reason: "The host's TLS handshake stalls; whether smaller packets would arrive cannot be tried from here.",
};

/**
 * What a handshake that arrived tells: the direction is clear when the host had reason to send full packets.
 *
 * @param localMtu of our interface, bytes; null where unknown
 */
export function inboundOfHandshake({ tls, largestReceived, outOfOrder }: StartTlsResult, localMtu: number | null): InboundPath {
  if (largestReceived === null) return INBOUND_UNTESTED;
  const chain = tls.certificate?.chainBytes ?? 0;
  const full = localMtu !== null && largestReceived >= localMtu;
  const disorder =
    outOfOrder === 0 ? "" : " Some packets came before an earlier one: packets from the host are lost or overtaken at times.";
  if (full || chain > 1.5 * largestReceived) {
    return {
      ...INBOUND_UNTESTED,
      verdict: "clear",
      mtu: largestReceived,
      confidence: "proven",
      reason: `The host's TLS handshake arrived, in packets of up to ${largestReceived} bytes.${disorder}`,
    };
  }
  return {
    ...INBOUND_UNTESTED,
    verdict: "inconclusive",
    reason: "The host's TLS handshake arrived, and was too short to need a full-size packet.",
  };
}

export interface InboundRequest {
  readonly opened: OpenedSession;
  /** The handshake that stalled. */
  readonly stalled: InboundTrial;
  /** The segment size that we advertise without a clamp, bytes. */
  readonly ours: number;
  /** The MTU of the way to the host, bytes; null where it is not limited. */
  readonly likely: number | null;
  /** Called with each handshake that worked. */
  readonly onTls: (tls: Tls) => void;
  /** Ends a session that is needed no longer. */
  readonly quit: (session: SmtpSession | null) => Promise<void>;
}

/** Repeats the handshake with other segment sizes advertised, until the MTU is known to the byte or the connections are used up. */
export async function searchHostInbound(
  context: HostContext,
  { opened, stalled, ours, likely, quit, onTls }: InboundRequest,
): Promise<InboundPath> {
  const { clock } = context.ports;
  const { family } = context.host;
  /** The handshake alone, of the quickest trial. */
  let expectedMs: number | null = null;
  /** The longest time-out so far; 0 where the kernel does not tell, and a stall is all there is to see. */
  let rtoMs = stalled.rtoMs ?? 0;
  const trial = async (mss: number, quickestMs: number | null, patience: HandshakePatience): Promise<InboundTrial> => {
    const watchedMs = (HANDSHAKE_TIMEOUTS[patience] + 1) * rtoMs;
    const timeoutMs = quickestMs === null ? FIRST_TRIAL_MS : Math.max(SHORTEST_TRIAL_MS, 5 * quickestMs, watchedMs);
    const start = clock.now();
    const result = await tryStartTls(context, opened, {
      mss,
      timeoutMs,
      expectedMs,
      patience,
    });
    const ms = roundMs(clock.now() - start);
    rtoMs = Math.max(rtoMs, result.rtoMs ?? 0);
    const { handshakeMs } = result.tls;
    if (handshakeMs !== null) expectedMs = Math.min(expectedMs ?? handshakeMs, handshakeMs);
    if (result.session !== null) onTls(result.tls);
    await quit(result.session);
    return inboundTrial(result, ms);
  };
  const top = ours + (family === 4 ? 40 : 60);
  return await searchInbound({
    family,
    top,
    stalled,
    likely,
    trial,
    replies: () => context.replies.total,
    connections: () => context.budget.left("direction"),
    aborted: () => context.signal.aborted || context.budget.lacks("direction"),
  });
}

export function inboundTrial(result: StartTlsResult, ms: number): InboundTrial {
  const { flightArrived, flightMissing, outOfOrder, losses, repeated, large, received, largest, unseen, rtoMs } = result;
  const outcome = flightArrived ? "arrived" : flightMissing ? "stalled" : "failed";
  return { outcome, ms, outOfOrder, losses, repeated, large, received, largest, unseen, rtoMs };
}
