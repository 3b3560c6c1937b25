/** When the first and the latest sign of a log finding were logged. */
import { type Finding, type LogPeer, type LogStatistics, SMTP_PORT } from "@mxray/contracts";

interface SignSpan {
  readonly first: string;
  readonly last: string;
}

/**
 * Of a peer its stalls or its PIX, of this server what its log says in all.
 *
 * @param now for logs without times
 */
export function signSpan({ subject, code, evidence }: Finding, { peers, to }: LogStatistics, now: string): SignSpan {
  const direction = code === "log-inbound-stalls" ? "inbound" : "outbound";
  const peer = peers.find(
    (each) => each.address === subject.address && each.name === subject.host && each.direction === direction && isPort(each.port, subject),
  );
  const [first, latest] = code === "log-pix-workarounds" ? [peer?.firstPix, peer?.lastPix] : stallsOf(peer);
  const last = latest ?? to ?? now;
  return { first: first ?? earliest(evidence.map(({ at }) => at)) ?? last, last };
}

/** While content was sent, where there are such stalls. */
function stallsOf(peer: LogPeer | undefined) {
  return [peer?.firstStalled ?? peer?.firstStall, peer?.lastStalled ?? peer?.lastStall];
}

/** A client's port says nothing, so its findings have none. */
function isPort(port: number | null, { port: named }: Finding["subject"]): boolean {
  return named === null || (port ?? SMTP_PORT) === named;
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted()[0];
}
