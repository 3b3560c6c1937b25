/** The peers of a summary: each that is no bot, and how many bots there are beside them. */
import { isBot } from "./bot.ts";
import type { LogPeer } from "./log-statistics.ts";
import type { ScanSummary } from "./scan-summary.ts";

export function scanPeers(peers: readonly LogPeer[]): Pick<ScanSummary, "peers" | "bots"> {
  const bots = peers.filter(isBot);
  return {
    peers: peers
      .filter((peer) => !isBot(peer))
      .map(({ name, address, port, direction, sent, failed, stalled, largestSent, smallestStalled }) => ({
        ...{ name, address, port, direction, sent, failed, stalled },
        ...{ largestSent, smallestStalled },
      })),
    bots: { peers: bots.length, lost: bots.reduce((sum, { failed }) => sum + failed, 0) },
  };
}
