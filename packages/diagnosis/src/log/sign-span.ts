/** When the first and the latest sign of a log finding were logged. */
import type { Finding, FindingCode, LogPeer, LogStatistics, MailStage, PeerSign } from "@mxray/contracts";

import { TLS_POLICY_SIGNS } from "./peer-signs.ts";

interface SignSpan {
  readonly first: string;
  readonly last: string;
}

type Span = readonly [first: string | null, last: string | null];

/**
 * Of a peer what the finding is about, of this server what its log says in all.
 *
 * @param peer null where the finding is about none
 * @param now for logs without times
 */
export function signSpan({ code, evidence }: Finding, peer: LogPeer | null, { to }: Pick<LogStatistics, "to">, now: string): SignSpan {
  const [first, latest] = peer === null ? [null, null] : spanOf(code, peer);
  const last = latest ?? to ?? now;
  return { first: first ?? earliest(evidence.map(({ at }) => at)) ?? last, last };
}

function spanOf(code: FindingCode, peer: LogPeer): Span {
  switch (code) {
    case "log-pix-workarounds":
      return [peer.firstPix, peer.lastPix];
    case "log-tls-stalls":
      return stagesSpan(peer, ["starttls"]);
    case "log-greeting-stalls":
      return stagesSpan(peer, ["greeting", "ehlo"]);
    case "log-rcpt-stalls":
      return stagesSpan(peer, ["rcpt"]);
    case "log-tls-policy":
      return signsSpan(peer, TLS_POLICY_SIGNS);
    case "log-message-size":
      return signsSpan(peer, ["too-big"]);
    case "log-ipv6-delay":
      return signsSpan(peer, ["connect-timeout"]);
    default:
      // While content was sent, where there are such stalls.
      return [peer.firstStalled ?? peer.firstStall, peer.lastStalled ?? peer.lastStall];
  }
}

function stagesSpan({ stalls }: LogPeer, stages: readonly MailStage[]): Span {
  return around(stalls.filter(({ stage }) => stages.includes(stage)));
}

function signsSpan({ signs }: LogPeer, wanted: readonly PeerSign[]): Span {
  return around(signs.filter(({ sign }) => wanted.includes(sign)));
}

function around(spans: readonly { readonly first: string | null; readonly last: string | null }[]): Span {
  return [
    earliest(spans.flatMap(({ first }) => first ?? [])) ?? null,
    spans
      .flatMap(({ last }) => last ?? [])
      .toSorted()
      .at(-1) ?? null,
  ];
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted()[0];
}
