/** Findings that statistics of logs give, each with when its first and its latest sign were logged. */
import type { Finding, LogStatistics } from "@mxray/contracts";
import { diagnoseLog } from "@mxray/diagnosis";
import type { LogFinding } from "@mxray/store";

export type LogSign = Pick<LogFinding, "finding" | "sinceAt" | "signAt">;

export function logSigns(statistics: LogStatistics): LogSign[] {
  const now = new Date().toISOString();
  return diagnoseLog(statistics).map((finding) => ({ finding, ...signTimes(finding, statistics, now) }));
}

/** Of a peer its stalls or its PIX, of this server what its log says now. */
function signTimes({ subject, code }: Finding, { peers, to }: LogStatistics, now: string): Omit<LogSign, "finding"> {
  const direction = code === "log-inbound-stalls" ? "inbound" : "outbound";
  const peer = peers.find((each) => each.address === subject.address && each.name === subject.host && each.direction === direction);
  const [first, last] = code === "log-pix-workarounds" ? [peer?.firstPix, peer?.lastPix] : [peer?.firstStalled, peer?.lastStalled];
  const signAt = last ?? to ?? now;
  return { sinceAt: first ?? signAt, signAt };
}
